import type { Framework } from './framework.js';

const handler = `func hook(inbox *Inbox) http.HandlerFunc {
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
}`;

const paths = `http.HandleFunc("/webhooks/netcore", requireCredentials(hook(inbox)))
http.HandleFunc("/webhooks/netcore/", requireCredentials(hook(inbox)))`;

const route = `func hook(inbox *Inbox) http.HandlerFunc {
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

http.HandleFunc("/webhooks/netcore", requireCredentials(hook(inbox)))
http.HandleFunc("/webhooks/netcore/", requireCredentials(hook(inbox)))`;

const answer = `if err := inbox.store(body); err != nil { // of netcore-hook init go: on the disk, from where it is worked on
	log.Print(err)
	http.Error(w, "not stored", http.StatusServiceUnavailable)
	return
}
w.WriteHeader(http.StatusOK)`;

export const go: Framework = {
  id: 'go',
  name: 'Go',
  tested: true,
  snippets: {
    body_limit: 'r.Body = http.MaxBytesReader(w, r.Body, 10<<20)',
    read_events: handler,
    answer_200: answer,
    answer_first: answer,
    exact_path: paths,
    route: route,
    basic_auth: `func requireCredentials(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		user, password, ok := r.BasicAuth()
		given := sha256.Sum256([]byte(user + ":" + password))
		right := sha256.Sum256([]byte(os.Getenv("HOOK_USER") + ":" + os.Getenv("HOOK_PASSWORD")))
		if !ok || subtle.ConstantTimeCompare(given[:], right[:]) == 0 {
			w.Header().Set("WWW-Authenticate", \`Basic realm="webhook", charset="UTF-8"\`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		next(w, r)
	}
}

http.HandleFunc("/webhooks/netcore", requireCredentials(hook(inbox)))
http.HandleFunc("/webhooks/netcore/", requireCredentials(hook(inbox)))`,
  },
};
