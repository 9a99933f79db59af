package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// The folder has two files of JSON lines for each day (UTC): calls-<day>.ndjson, each call as
// received, and events-<day>.ndjson, what was made of the calls of that day.

const (
	dayFormat  = "2006-01-02"
	timeFormat = "2006-01-02T15:04:05.000000Z"
	keepDays   = 30 // of calls, events, and the keys that detect repeats
	maxRetry   = 5 * time.Minute
)

// call is a line of calls-<day>.ndjson.
type call struct {
	ID         string `json:"id"`
	ReceivedAt string `json:"received_at"`
	Body       string `json:"body"`
}

// outcome is a line of events-<day>.ndjson: the new events of a call with their results, written in
// one piece. Repeats are left out.
type outcome struct {
	Call    string    `json:"call"`
	Handled bool      `json:"handled"` // all its events are; otherwise a later line follows
	Events  []handled `json:"events"`
}

type handled struct {
	Event
	Result Result `json:"result"`
}

// pendingCall is a call that has not been worked on, and where it is in the file of its day.
type pendingCall struct {
	id             string
	offset, length int64
	attempts       int
	dueAt          time.Time
}

// Inbox is the durable record of calls and events. Its methods are safe for concurrent use.
type Inbox struct {
	folder  string
	mutex   sync.Mutex
	calls   map[string]*journal // by day
	events  map[string]*journal
	seen    map[string]string // key of each event → the day of its call
	pending []pendingCall
	count   int
	wake    chan struct{}
}

// openInbox reads what the folder has: which events were handled, and which calls wait.
func openInbox(folder string) (*Inbox, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	inbox := &Inbox{
		folder: folder,
		calls:  map[string]*journal{},
		events: map[string]*journal{},
		seen:   map[string]string{},
		wake:   make(chan struct{}, 1),
	}
	days, err := inbox.days()
	if err != nil {
		return nil, err
	}
	for _, day := range days {
		if err := inbox.readDay(day); err != nil {
			return nil, err
		}
	}
	return inbox, inbox.forgetOldDays()
}

func (inbox *Inbox) readDay(day string) error {
	events, err := inbox.journal(inbox.events, "events", day)
	if err != nil {
		return err
	}
	done := map[string]bool{}
	err = events.each(func(line []byte, _ int64) error {
		var made outcome
		if err := json.Unmarshal(line, &made); err != nil {
			return err
		}
		done[made.Call] = made.Handled
		for _, event := range made.Events {
			inbox.seen[event.Key] = day
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("events of %s: %w", day, err)
	}
	calls, err := inbox.journal(inbox.calls, "calls", day)
	if err != nil {
		return err
	}
	return calls.each(func(line []byte, offset int64) error {
		var stored call
		if err := json.Unmarshal(line, &stored); err != nil {
			return fmt.Errorf("calls of %s: %w", day, err)
		}
		if !done[stored.ID] {
			waiting := pendingCall{id: stored.ID, offset: offset, length: int64(len(line))}
			inbox.pending = append(inbox.pending, waiting)
		}
		return nil
	})
}

// store returns once the call is on the disk.
func (inbox *Inbox) store(body []byte) error {
	inbox.mutex.Lock()
	defer inbox.mutex.Unlock()
	now := time.Now().UTC()
	inbox.count++
	// Unique also if the clock was set back: the process and its counter are part of it.
	id := fmt.Sprintf("%s-%d-%d", now.Format("2006-01-02T150405.000000"), os.Getpid(), inbox.count)
	calls, err := inbox.journal(inbox.calls, "calls", now.Format(dayFormat))
	if err != nil {
		return err
	}
	offset, length, err := calls.append(call{id, now.Format(timeFormat), string(body)})
	if err != nil {
		return err
	}
	inbox.pending = append(inbox.pending, pendingCall{id: id, offset: offset, length: length})
	select {
	case inbox.wake <- struct{}{}:
	default:
	}
	return nil
}

// work works through the stored calls, also those that were left when the process ended.
func (inbox *Inbox) work() {
	today := time.Now().UTC().Format(dayFormat)
	for {
		next, ok := inbox.takeDue(time.Now())
		if !ok {
			select {
			case <-inbox.wake:
			case <-time.After(time.Second):
			}
			if now := time.Now().UTC().Format(dayFormat); now != today {
				today = now
				if err := inbox.forgetOldDays(); err != nil {
					log.Print(err)
				}
			}
			continue
		}
		if err := inbox.workOn(next); err != nil {
			log.Printf("Call %s failed: %v", next.id, err)
			next.attempts++
			retry := maxRetry
			if next.attempts < 8 {
				retry = time.Second << next.attempts
			}
			next.dueAt = time.Now().Add(retry)
			inbox.mutex.Lock()
			inbox.pending = append(inbox.pending, next)
			inbox.mutex.Unlock()
		}
	}
}

// takeDue takes the first call that is due, in the order in which they were received.
func (inbox *Inbox) takeDue(now time.Time) (pendingCall, bool) {
	inbox.mutex.Lock()
	defer inbox.mutex.Unlock()
	for i, each := range inbox.pending {
		if each.dueAt.After(now) {
			continue
		}
		if i == 0 {
			inbox.pending = inbox.pending[1:]
		} else {
			inbox.pending = append(inbox.pending[:i], inbox.pending[i+1:]...)
		}
		return each, true
	}
	return pendingCall{}, false
}

// workOn handles the events of a call that are new, and writes them with their results and keys.
func (inbox *Inbox) workOn(waiting pendingCall) error {
	day := waiting.id[:len(dayFormat)]
	inbox.mutex.Lock()
	calls, err := inbox.journal(inbox.calls, "calls", day)
	inbox.mutex.Unlock()
	if err != nil {
		return err
	}
	line, err := calls.read(waiting.offset, waiting.length)
	if err != nil {
		return err
	}
	var stored call
	if err := json.Unmarshal(line, &stored); err != nil {
		return err
	}
	payload, err := readPayload([]byte(stored.Body))
	if err != nil {
		return err
	}
	made := outcome{Call: stored.ID, Handled: true, Events: []handled{}}
	inCall := map[string]bool{}
	var failure error
	for index, event := range findEvents(payload) {
		if event.Weak {
			// A weak key does not identify an event, and its place in the call does.
			event.Key = fmt.Sprintf("%s.%d", stored.ID, index)
		}
		if _, isRepeat := inbox.seen[event.Key]; isRepeat || inCall[event.Key] {
			continue
		}
		result, err := handleEvent(event)
		if err != nil {
			failure, made.Handled = err, false
			continue
		}
		inCall[event.Key] = true
		made.Events = append(made.Events, handled{event, result})
	}
	inbox.mutex.Lock()
	defer inbox.mutex.Unlock()
	events, err := inbox.journal(inbox.events, "events", day)
	if err != nil {
		return err
	}
	if _, _, err := events.append(made); err != nil {
		return err
	}
	for key := range inCall {
		inbox.seen[key] = day
	}
	return failure
}

// forgetOldDays removes the files and keys of days that are older than keepDays.
func (inbox *Inbox) forgetOldDays() error {
	inbox.mutex.Lock()
	defer inbox.mutex.Unlock()
	oldest := time.Now().UTC().AddDate(0, 0, -keepDays).Format(dayFormat)
	days, err := inbox.days()
	if err != nil {
		return err
	}
	for _, pending := range inbox.pending {
		if day := pending.id[:len(dayFormat)]; day < oldest {
			oldest = day // a call that waits is kept
		}
	}
	for _, day := range days {
		if day >= oldest {
			break
		}
		for name, journals := range map[string]map[string]*journal{"calls": inbox.calls, "events": inbox.events} {
			if journals[day] != nil {
				journals[day].file.Close()
				delete(journals, day)
			}
			if err := os.Remove(inbox.path(name, day)); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
		}
	}
	for key, day := range inbox.seen {
		if day < oldest {
			delete(inbox.seen, key)
		}
	}
	return nil
}

// days lists the days of the folder in their order.
func (inbox *Inbox) days() ([]string, error) {
	paths, err := filepath.Glob(inbox.path("calls", "*")) // sorted
	days := make([]string, len(paths))
	for i, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".ndjson")
		days[i] = strings.TrimPrefix(name, "calls-")
	}
	return days, err
}

func (inbox *Inbox) path(name, day string) string {
	return filepath.Join(inbox.folder, name+"-"+day+".ndjson")
}

// journal opens the file of a day once.
func (inbox *Inbox) journal(journals map[string]*journal, name, day string) (*journal, error) {
	if journals[day] == nil {
		opened, err := openJournal(inbox.path(name, day))
		if err != nil {
			return nil, err
		}
		journals[day] = opened
	}
	return journals[day], nil
}
