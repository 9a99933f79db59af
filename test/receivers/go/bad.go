package main

import (
	"encoding/json"
	"net/http"
	"os"
)

func main() {
	http.HandleFunc("/hook", func(w http.ResponseWriter, r *http.Request) {
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
	})
	http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil)
}
