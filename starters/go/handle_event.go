package main

// Your code. Netcore has its answer by the time this runs.

// Result is what your work makes of an event. It is stored beside the event.
type Result struct {
	Contact  string `json:"contact"`
	Activity string `json:"activity"`
}

// handleEvent is called once for each new event. Its result is written in one piece with the event's
// key: both are kept, or neither. An event whose call returns an error is tried again later.
//
// Go has no database of its own. If you write to yours, insert event.Key into a unique column in the
// same transaction: a crash between your commit and the next write here repeats the event.
func handleEvent(event Event) (Result, error) {
	return Result{Contact: event.Contact, Activity: event.Channel + " " + event.Activity}, nil
}
