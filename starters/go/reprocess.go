package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"time"
)

// runReprocess works on the calls of a time range again. It returns what to print.
func runReprocess(address, folder string, words []string) (string, error) {
	usage := errors.New("Usage: go run . reprocess <from> <until>, such as 2026-11-24T10:00:00Z")
	if len(words) != 3 || words[0] != "reprocess" {
		return "", usage
	}
	from, wrongFrom := time.Parse(time.RFC3339, words[1])
	until, wrongUntil := time.Parse(time.RFC3339, words[2])
	if wrongFrom != nil || wrongUntil != nil {
		return "", usage
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", fmt.Errorf("stop the receiver first: %w", err)
	}
	defer listener.Close()
	count, err := reprocess(folder, from, until)
	return fmt.Sprintf("%d calls are due again. Start the receiver: it works on them first.", count), err
}

// reprocess removes the outcomes of the calls of a time range, so that the next start works on them
// again. It returns how many calls these are. No receiver may run on the folder.
func reprocess(folder string, from, until time.Time) (int, error) {
	inbox, err := openInbox(folder)
	if err != nil {
		return 0, err
	}
	days, err := inbox.days()
	if err != nil {
		return 0, err
	}
	start, end := from.UTC().Format(timeFormat), until.UTC().Format(timeFormat)
	count := 0
	for _, day := range days {
		due := map[string]bool{}
		err := inbox.calls[day].each(func(line []byte, _ int64) error {
			var stored call
			err := json.Unmarshal(line, &stored)
			if start <= stored.ReceivedAt && stored.ReceivedAt < end {
				due[stored.ID] = true
			}
			return err
		})
		if err != nil {
			return 0, err
		}
		if len(due) == 0 {
			continue
		}
		count += len(due)
		var kept bytes.Buffer
		err = inbox.events[day].each(func(line []byte, _ int64) error {
			var made outcome
			err := json.Unmarshal(line, &made)
			if !due[made.Call] {
				kept.Write(line)
			}
			return err
		})
		if err != nil {
			return 0, err
		}
		if err := replaceFile(inbox.path("events", day), kept.Bytes()); err != nil {
			return 0, err
		}
	}
	return count, nil
}
