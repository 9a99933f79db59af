package main

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"
)

func requireCredentials(next http.HandlerFunc) http.HandlerFunc {
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

func hook(inbox *Inbox) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", "POST")
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, 10<<20)
		body, err := io.ReadAll(r.Body)
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			http.Error(w, "http: request body too large", http.StatusRequestEntityTooLarge)
			return
		} else if err != nil {
			return // the caller hung up
		}
		if _, err := readPayload(body); err != nil { // anything but panels with their events, or an empty body
			http.Error(w, "not a payload", http.StatusBadRequest)
			return
		}
		if err := inbox.store(body); err != nil { // of netcore-hook init go: on the disk, from where it is worked on
			log.Print(err)
			http.Error(w, "not stored", http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusOK)
	}
}

func main() {
	log.SetFlags(0)
	address := net.JoinHostPort(setting("HOST", "127.0.0.1"), setting("PORT", "3000"))
	folder := setting("DATA", "data")
	if len(os.Args) > 1 {
		text, err := runReprocess(address, folder, os.Args[1:])
		if err != nil {
			log.Fatal(err)
		}
		log.Print(text)
		return
	}
	if os.Getenv("HOOK_USER") == "" || os.Getenv("HOOK_PASSWORD") == "" {
		log.Fatal("Set HOOK_USER and HOOK_PASSWORD to the credentials that the panel sends.")
	}
	// The port is also the lock of the folder: it is read only once no other receiver runs.
	listener, err := net.Listen("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	inbox, err := openInbox(folder)
	if err != nil {
		log.Fatal(err)
	}
	go inbox.work()
	http.HandleFunc("/webhooks/netcore", requireCredentials(hook(inbox)))
	http.HandleFunc("/webhooks/netcore/", requireCredentials(hook(inbox)))
	log.Printf("Listening on http://%s/webhooks/netcore", listener.Addr())
	server := &http.Server{ReadHeaderTimeout: 30 * time.Second, IdleTimeout: 75 * time.Second}
	log.Fatal(server.Serve(listener))
}

func setting(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}
