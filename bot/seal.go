package bot

import (
	"bytes"
	"compress/flate"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"otsbot/otsclient"
)

// sealer keeps what comes back from a client from being read or altered there.
// It encrypts what a form has to remember, since a form's private_metadata is
// readable by the client, and neither the metadata key of a receipt nor the
// response_url of a shortcut may be there in the clear; and it signs the values
// of buttons. Every replica has the same keys, so that any of them can take a
// form or a button back, also after a restart. The first key is used, all are
// read: so keys can be changed without a button dying.
type sealer struct{ keys []sealKeys }

// sealKeys are derived from one key of the settings.
type sealKeys struct {
	aead       cipher.AEAD
	mark, sign []byte
}

func newSealer(masters ...[]byte) (*sealer, error) {
	s := &sealer{}
	for _, master := range masters {
		keys, err := deriveKeys(master)
		if err != nil {
			return nil, err
		}
		s.keys = append(s.keys, keys)
	}
	return s, nil
}

func deriveKeys(master []byte) (k sealKeys, err error) {
	derive := func(purpose string) []byte {
		key, e := hkdf.Key(sha256.New, master, nil, purpose, 32)
		err = errors.Join(err, e)
		return key
	}
	key := derive("otsbot private_metadata v3")
	k.mark, k.sign = derive("otsbot same text v1"), derive("otsbot button v1")
	if err != nil {
		return sealKeys{}, fmt.Errorf("derive key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return sealKeys{}, fmt.Errorf("make cipher: %w", err)
	}
	k.aead, err = cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return sealKeys{}, fmt.Errorf("make cipher: %w", err)
	}
	return k, nil
}

// macLength is that of a value's signature: 16 bytes in base64.
const macLength = 22

// mac signs parts, each with its length, so that nothing can be moved from one
// to the next.
func (k sealKeys) mac(parts ...string) string {
	mac := hmac.New(sha256.New, k.sign)
	for _, part := range parts {
		fmt.Fprintf(mac, "%d:%s", len(part), part)
	}
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16])
}

// mac signs parts, of which the first is always what the signature is for.
func (s *sealer) mac(parts ...string) string { return s.keys[0].mac(parts...) }

// signed says whether mac is one of parts.
func (s *sealer) signed(mac string, parts ...string) bool {
	return slices.ContainsFunc(s.keys, func(k sealKeys) bool {
		return hmac.Equal([]byte(mac), []byte(k.mac(parts...)))
	})
}

// sign makes a button's value of v, which holds only strings, numbers and
// bools: it is good for the button with that action and no other.
func (s *sealer) sign(action string, v any) string {
	data := encode(v)
	return s.mac(action, data) + data
}

// read reads into v the value of a button with that action, or returns
// errNotOurs.
func (s *sealer) read(action, value string, v any) error {
	mac, data := cutMAC(value)
	if !s.signed(mac, action, data) || json.Unmarshal([]byte(data), v) != nil {
		return errNotOurs
	}
	return nil
}

func cutMAC(value string) (mac, data string) {
	n := min(macLength, len(value))
	return value[:n], value[n:]
}

func encode(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return "" // can't be: ids, numbers and flags
	}
	return string(data)
}

// packFrom is the size in bytes from which a form's memory is compressed: that
// of a receipt with twenty rows would not fit into private_metadata, 3,000
// characters, https://docs.slack.dev/reference/views/modal-views
const packFrom = 1000

// packMark is in front of what is compressed; JSON never begins so.
var packMark = []byte{0}

// maxPacked bounds what is unpacked again.
const maxPacked = 64 << 10

// seal encrypts v, which holds only strings, numbers and bools, for a form with
// that callback id and for the person user, who alone can use it.
func (s *sealer) seal(callback string, v any, user string) string {
	data, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	if len(data) >= packFrom {
		data = pack(data)
	}
	return base64.RawURLEncoding.EncodeToString(s.keys[0].aead.Seal(nil, nil, data, sealedFor(callback, user)))
}

func sealedFor(callback, user string) []byte { return []byte(callback + " " + user) }

// open decrypts into v what was sealed for that form and user, or returns
// errNotOurs.
func (s *sealer) open(callback, sealed, user string, v any) error {
	data, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return errNotOurs
	}
	var plain []byte
	for _, k := range s.keys {
		if plain, err = k.aead.Open(nil, nil, data, sealedFor(callback, user)); err == nil {
			break
		}
	}
	if err != nil || len(plain) == 0 {
		return errNotOurs
	}
	if packed, ok := bytes.CutPrefix(plain, packMark); ok {
		plain, err = io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), maxPacked))
	}
	if err != nil || json.Unmarshal(plain, v) != nil {
		return errNotOurs
	}
	return nil
}

func pack(data []byte) []byte {
	packed := bytes.NewBuffer(slices.Clone(packMark))
	w, _ := flate.NewWriter(packed, flate.BestCompression) // fails only for a level that doesn't exist
	_, _ = w.Write(data)
	_ = w.Close()
	return packed.Bytes()
}

// markOf tells later whether a text is still the same, without remembering it.
// It is keyed: a plain hash of a short password could be guessed.
func (s *sealer) markOf(text otsclient.Plaintext) string {
	return base64.RawURLEncoding.EncodeToString(s.keyed(text.Reveal())[:16])
}

func (s *sealer) keyed(text string) []byte {
	mac := hmac.New(sha256.New, s.keys[0].mark)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

// withEach is a sealer for each of the keys alone: marks may be of any.
func (s *sealer) withEach() (alone []*sealer) {
	for _, k := range s.keys {
		alone = append(alone, &sealer{[]sealKeys{k}})
	}
	return alone
}
