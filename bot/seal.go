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
	"fmt"
	"io"
	"slices"

	"otsbot/otsclient"
)

// sealer encrypts what a form has to remember. A form's private_metadata is
// readable by the client, and neither the metadata key of a receipt nor the
// response_url of a shortcut may be there in the clear. The keys are derived
// from the bot token, which every replica has, so that any of them can take
// the form back, also after a restart.
type sealer struct {
	aead cipher.AEAD
	mark []byte
}

func newSealer(token string) (*sealer, error) {
	key, err := hkdf.Key(sha256.New, []byte(token), nil, "otsbot private_metadata v2", 32)
	if err != nil {
		return nil, fmt.Errorf("derive key: %w", err)
	}
	mark, err := hkdf.Key(sha256.New, []byte(token), nil, "otsbot same text v1", 32)
	if err != nil {
		return nil, fmt.Errorf("derive key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	return &sealer{aead, mark}, nil
}

// packFrom is the size in bytes from which a form's memory is compressed: that
// of a receipt with twenty rows would not fit into private_metadata, 3,000
// characters, https://docs.slack.dev/reference/views/modal-views
const packFrom = 1000

// packMark is in front of what is compressed; JSON never begins so.
var packMark = []byte{0}

// maxPacked bounds what is unpacked again.
const maxPacked = 64 << 10

// seal encrypts v, which holds only strings, numbers and bools, for the person
// user, who alone can use it.
func (s *sealer) seal(v any, user string) string {
	data, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	if len(data) >= packFrom {
		data = pack(data)
	}
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(nil, nil, data, []byte(user)))
}

// open decrypts into v what was sealed for user, or returns errNotOurs.
func (s *sealer) open(sealed, user string, v any) error {
	data, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return errNotOurs
	}
	plain, err := s.aead.Open(nil, nil, data, []byte(user))
	if err != nil {
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
	mac := hmac.New(sha256.New, s.mark)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}
