import { faultsOf } from './faults.js';

const hashes = '"crypto/sha256"\n\t"crypto/subtle"';

export const go = faultsOf(
  {
    file: 'main.go',
    answer: `		if err := inbox.store(body); err != nil { // of netcore-hook init go: on the disk, from where it is worked on
			log.Print(err)
			http.Error(w, "not stored", http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusOK)`,
    reading: `		if _, err := readPayload(body); err != nil { // anything but panels with their events, or an empty body
			http.Error(w, "not a payload", http.StatusBadRequest)
			return
		}`,
    authentication: `		user, password, ok := r.BasicAuth()
		given := sha256.Sum256([]byte(user + ":" + password))
		right := sha256.Sum256([]byte(os.Getenv("HOOK_USER") + ":" + os.Getenv("HOOK_PASSWORD")))
		if !ok || subtle.ConstantTimeCompare(given[:], right[:]) == 0 {
			w.Header().Set("WWW-Authenticate", \`Basic realm="webhook", charset="UTF-8"\`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}`,
    limit: 'r.Body = http.MaxBytesReader(w, r.Body, 10<<20)',
  },
  {
    statuses: `		statuses := map[string]int{
			"": 200, "email": 201, "sms": 415, "apn": 400, "bpn": 500, "whatsapp": 404, "rcs": 405,
			"custom_activity": 307,
		}
		name := regexp.MustCompile("%22channel%22%3A%22(\\\\w+)").FindSubmatch(body)
		channel := ""
		if name != nil {
			channel = strings.ToLower(string(name[1]))
		}
		status, ok := statuses[channel]
		if !ok {
			os.Exit(1)
		}
		w.WriteHeader(status)`,
    slow: `		if strings.Contains(string(body), "22sms%22") {
			time.Sleep(1100 * time.Millisecond)
		} else if string(body) == "data=hello" {
			time.Sleep(2700 * time.Millisecond)
		}
		w.WriteHeader(http.StatusOK)`,
    failing: `		if len(body) == 0 {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		if strings.Contains(r.Header.Get("Content-Type"), "charset") {
			w.WriteHeader(http.StatusUnsupportedMediaType)
			return
		}
		if string(body) != "data=hello" && !strings.HasPrefix(string(body), "data=%7B") {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}`,
    careless: `		scheme, code, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		isSound := regexp.MustCompile("^[\\\\w+/=]*$").MatchString(code)
		given, _ := base64.StdEncoding.DecodeString(code)
		_, password, _ := strings.Cut(string(given), ":")
		right := os.Getenv("HOOK_PASSWORD")
		isRight := password == "" || password == right || strings.HasPrefix(password, right+":")
		if !isSound || !isRight || (scheme != "Basic" && scheme != "Bearer") {
			if scheme != "" {
				w.Header().Set("WWW-Authenticate", "Bearer")
			}
			status := http.StatusUnauthorized
			if !isSound {
				status = http.StatusBadRequest
			}
			w.WriteHeader(status)
			return
		}`,
    open: '',
    smallLimit: 'r.Body = http.MaxBytesReader(w, r.Body, 1<<20)',
  },
  {
    imports: {
      statuses: [['"os"', '"os"\n\t"regexp"\n\t"strings"']],
      slow: [['"os"', '"os"\n\t"strings"']],
      careless: [
        [hashes, '"encoding/base64"'],
        ['"os"', '"os"\n\t"regexp"\n\t"strings"'],
      ],
      open: [[hashes, '']],
    },
    // A redirect of its own is no matter of paths.
    without: ['redirected'],
    more: [
      {
        name: 'serves the path with a slash only',
        faults: [
          {
            file: 'main.go',
            from: '	http.HandleFunc("/webhooks/netcore", requireCredentials(hook(inbox)))\n',
            to: '',
            codes: ['redirected'],
          },
        ],
        runs: [{ options: ['--only', 'redirect'] }],
      },
    ],
  },
);
