package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"unicode/utf16"
)

// Event is an event with what a handler needs of it first. Its identity is the one that
// docs/payload.md of netcore-hook defines.
type Event struct {
	Panel    string         `json:"panel"`
	Channel  string         `json:"channel"`  // "other" if Netcore does not document it
	Activity string         `json:"activity"` // in one spelling: "Clicked" is "click"
	Contact  string         `json:"contact"`
	Key      string         `json:"event_key"` // equal for repeats of the event, different for any other one
	Weak     bool           `json:"-"`         // has no time: do not deduplicate it by its key
	Fields   map[string]any `json:"event"`     // as received; numbers are of the type json.Number
}

var channels = []string{"email", "sms", "apn", "bpn", "whatsapp", "rcs", "custom_activity"}

var activities = map[string]string{
	"deliver": "delivered", "delivered": "delivered",
	"open": "open", "opened": "open", "read": "open",
	"click": "click", "clicked": "click", "bounce": "bounce", "bounced": "bounce",
	"fail": "failed", "failed": "failed",
}

const maxLevels = 500

// readPayload returns the panels of a body. An empty body, as of the Test button, has none.
func readPayload(body []byte) (map[string]any, error) {
	if len(body) == 0 {
		return nil, nil
	}
	form, err := url.ParseQuery(string(body))
	data := string(body)
	if err == nil && form.Has("data") {
		data = form.Get("data")
	}
	decoder := json.NewDecoder(strings.NewReader(data))
	decoder.UseNumber()
	var payload any
	if err := decoder.Decode(&payload); err != nil {
		return nil, err
	}
	panels, ok := payload.(map[string]any)
	if _, err := decoder.Token(); !ok || err != io.EOF {
		return nil, errors.New("the payload is not one object of panels")
	}
	return panels, nil
}

// findEvents lists the events of all panels, the panels by name.
func findEvents(payload map[string]any) []Event {
	panels := make([]string, 0, len(payload))
	for panel := range payload {
		panels = append(panels, panel)
	}
	sort.Strings(panels)
	var found []Event
	for _, panel := range panels {
		list, _ := payload[panel].([]any)
		for _, item := range list {
			if event, ok := item.(map[string]any); ok {
				found = append(found, identify(panel, event))
			}
		}
	}
	return found
}

func identify(panel string, event map[string]any) Event {
	params, attributes := fields(event["event_params"]), fields(event["att_params"])
	channel := textOf(event["channel"])
	known := "other"
	for _, name := range channels {
		if name == strings.ToLower(trimmed(channel)) {
			channel, known = name, name
		}
	}
	activity := textOf(event["event"])
	if known == "custom_activity" {
		activity = firstText(params["asset_name"], params["activity_name"], activity)
	} else if name, ok := activities[strings.ToLower(trimmed(activity))]; ok {
		activity = name
	}
	contact := ""
	for _, value := range []any{
		params["foreignkey"], params["identity"], params["email"], attributes["EMAIL"],
		params["mobile"], attributes["MOBILE"], fields(event["custom_params"])["userid"],
	} {
		if contact == "" {
			contact = normalContact(trimmed(textOf(value)))
		}
	}
	time := timeOf(textOf(params["ts"]), textOf(params["timestamp"]))
	detail := ""
	if known == "custom_activity" {
		detail = digest(canonicalJSON(event["payload_params"], 0))
	} else if activity == "click" {
		detail = firstText(params["url"], params["linkid"])
	}
	key := digest(panel, textOf(event["msgid"]), contact, channel, activity, time, detail)
	if time == "" {
		key = digest(panel, canonicalJSON(event, 0))
	}
	return Event{panel, known, activity, contact, key, time == "", event}
}

func fields(value any) map[string]any {
	found, _ := value.(map[string]any)
	return found
}

// textOf returns text, numbers and booleans as text; everything else is missing.
func textOf(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case bool:
		return strconv.FormatBool(value)
	case json.Number:
		if isDigits.MatchString(value.String()) {
			return value.String() // of an id, every digit counts
		}
		return numberText(value)
	}
	return ""
}

func firstText(values ...any) string {
	for _, value := range values {
		if text := textOf(value); text != "" {
			return text
		}
	}
	return ""
}

var (
	isDigits    = regexp.MustCompile(`^-?[1-9]\d*$`)
	isTelephone = regexp.MustCompile(`^\+[\d\s\v().-]+$`)
	isTime      = regexp.MustCompile(`^\d\d(\d\d)-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)`)
	noDigit     = regexp.MustCompile(`\D`)
)

func trimmed(text string) string {
	const whiteSpace = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007" +
		"\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
	return strings.Trim(text, whiteSpace)
}

func normalContact(text string) string {
	if strings.Contains(text, "@") {
		return strings.ToLower(text)
	}
	if isTelephone.MatchString(text) {
		return noDigit.ReplaceAllString(text, "")
	}
	return text
}

func timeOf(ts, timestamp string) string {
	parts := isTime.FindStringSubmatch(timestamp)
	if ts != "" {
		return ts
	}
	if parts == nil {
		return timestamp
	}
	return strings.Join(parts[1:], "")
}

func digest(parts ...string) string {
	for i, part := range parts {
		if strings.Contains(part, "\n") {
			parts[i] = quoted(part)
		}
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	return hex.EncodeToString(sum[:16])
}

// canonicalJSON is JSON as RFC 8785 defines it: sorted keys, no white space, numbers as JavaScript
// has them.
func canonicalJSON(value any, level int) string {
	switch value := value.(type) {
	case map[string]any:
		if level == maxLevels {
			return "null"
		}
		names := make([]string, 0, len(value))
		for name := range value {
			names = append(names, name)
		}
		sort.Slice(names, func(a, b int) bool { return sortsBefore(names[a], names[b]) })
		for i, name := range names {
			names[i] = quoted(name) + ":" + canonicalJSON(value[name], level+1)
		}
		return "{" + strings.Join(names, ",") + "}"
	case []any:
		if level == maxLevels {
			return "null"
		}
		items := make([]string, len(value))
		for i, item := range value {
			items[i] = canonicalJSON(item, level+1)
		}
		return "[" + strings.Join(items, ",") + "]"
	case string:
		return quoted(value)
	case json.Number:
		return numberText(value)
	case bool:
		return strconv.FormatBool(value)
	}
	return "null"
}

// sortsBefore compares as JavaScript does: by UTF-16.
func sortsBefore(a, b string) bool {
	left, right := utf16.Encode([]rune(a)), utf16.Encode([]rune(b))
	for i := 0; i < len(left) && i < len(right); i++ {
		if left[i] != right[i] {
			return left[i] < right[i]
		}
	}
	return len(left) < len(right)
}

// quoted writes a JSON string. encoding/json escapes more than RFC 8785 does.
func quoted(text string) string {
	short := map[rune]string{'"': `\"`, '\\': `\\`, '\b': `\b`, '\f': `\f`, '\n': `\n`, '\r': `\r`, '\t': `\t`}
	var out bytes.Buffer
	out.WriteByte('"')
	for _, char := range text {
		if escape, ok := short[char]; ok {
			out.WriteString(escape)
		} else if char < ' ' {
			out.WriteString(`\u00` + hex.EncodeToString([]byte{byte(char)}))
		} else {
			out.WriteRune(char)
		}
	}
	out.WriteByte('"')
	return out.String()
}

// numberText writes a number as JavaScript does, and so does encoding/json.
func numberText(number json.Number) string {
	value, err := number.Float64()
	if err != nil {
		return "null" // beyond the range of a double
	}
	if value == 0 {
		return "0" // also for -0
	}
	text, _ := json.Marshal(value)
	return string(text)
}
