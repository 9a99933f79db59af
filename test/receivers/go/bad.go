package main

import (
	"encoding/json"
	"net/http"
	"os"
	"time"
)

func main() {
	flaw := os.Getenv("FLAW")
	hook := func(w http.ResponseWriter, r *http.Request) {
		if flaw == "limit" {
			r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
		}
		if err := r.ParseForm(); err != nil {
			http.Error(w, "http: request body too large", http.StatusRequestEntityTooLarge)
			return
		}
		if flaw == "form" {
			http.Error(w, "JSON only", http.StatusUnsupportedMediaType)
			return
		}
		if flaw == "raises" {
			var payload map[string][]struct{ Event string }
			if err := json.Unmarshal([]byte(r.FormValue("data")), &payload); err != nil {
				panic(err)
			}
			for _, events := range payload {
				for _, event := range events {
					if event.Event == "bounce" {
						panic("no handler for bounce")
					}
				}
			}
		}
		if flaw == "slow" {
			time.Sleep(1100 * time.Millisecond)
		}
		if flaw == "created" {
			w.WriteHeader(http.StatusCreated)
		}
	}
	where := map[string]string{"route": "/webhook", "slash": "/hook/"}[flaw]
	if where == "" {
		where = "/hook"
	}
	http.HandleFunc(where, hook)
	http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil)
}
