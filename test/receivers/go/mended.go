package main

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"os"
)

func letInNetcore(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		user, password, ok := r.BasicAuth()
		given := sha256.Sum256([]byte(user + ":" + password))
		right := sha256.Sum256([]byte(os.Getenv("HOOK_USER") + ":" + os.Getenv("HOOK_PASSWORD")))
		if !ok || subtle.ConstantTimeCompare(given[:], right[:]) == 0 {
			w.Header().Set("WWW-Authenticate", `Basic realm="webhook", charset="UTF-8"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		next(w, r)
	}
}

func readEvents(data string) ([]map[string]any, error) {
	if data == "" {
		return nil, nil
	}
	var panels map[string][]map[string]any
	err := json.Unmarshal([]byte(data), &panels)
	var events []map[string]any
	for _, list := range panels {
		events = append(events, list...)
	}
	return events, err
}

func hook(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 10<<20)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "not a form", http.StatusBadRequest)
		return
	}
	events, err := readEvents(r.PostForm.Get("data"))
	if err != nil {
		http.Error(w, "not JSON", http.StatusBadRequest)
		return
	}
	go work(events) // or put them into a queue that outlives a crash
	w.WriteHeader(http.StatusOK)
}

func work(_ []map[string]any) {}

func main() {
	http.HandleFunc("/hook", letInNetcore(hook))
	http.HandleFunc("/hook/", letInNetcore(hook))
	http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil)
}
