package otsfake

import "strings"

// Open does what a person with a link does, who presses the button there: it
// returns the secret, once. False means that it is gone or the passphrase is
// wrong.
func (s *Server) Open(secretKeyOrURL, passphrase string) (text string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rec := s.secret(keyOf(secretKeyOrURL))
	if rec == nil {
		return "", false
	}
	rec.views = append(rec.views, s.clock())
	text, came := s.try(rec, guest, passphrase, "received")
	return text, came == done
}

// Look does what a person does who opens the link and presses nothing. False
// means that there is nothing any more.
func (s *Server) Look(secretKeyOrURL string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	rec := s.secret(keyOf(secretKeyOrURL))
	if rec == nil {
		return false
	}
	rec.views = append(rec.views, s.clock())
	if s.profile.lookExtends {
		rec.expires = s.clock().Add(week)
	}
	return true
}

// Lose removes a secret behind the service's back, as when its database drops
// it. Its metadata stays.
func (s *Server) Lose(secretKeyOrURL string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if rec := s.bySecret[keyOf(secretKeyOrURL)]; rec != nil {
		rec.lost = true
	}
}

// Forget removes a secret and its metadata, as when its database is lost.
func (s *Server) Forget(secretKeyOrURL string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if rec := s.bySecret[keyOf(secretKeyOrURL)]; rec != nil {
		rec.lost, rec.forgotten = true, s.clock()
	}
}

// Secrets returns how many secrets could be opened now.
func (s *Server) Secrets() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, now := 0, s.clock()
	for _, rec := range s.order {
		if rec.exists(now) {
			n++
		}
	}
	return n
}

func keyOf(keyOrURL string) string {
	return keyOrURL[strings.LastIndex(keyOrURL, "/")+1:]
}
