// Package seal keeps what leaves this process from being read or altered on its
// way back: what a form remembers, since its client can read that; what buttons
// hold, since their client can change it; and what is at rest in a store.
//
// Every replica has the same keys, so that any of them can take a form or a
// button back, also after a restart. The first key is used, all are read: so
// keys can be changed without a button dying.
package seal

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
	"strconv"
	"strings"
	"sync/atomic"
)

// ErrNotOurs is of what none of the keys has made for that purpose.
var ErrNotOurs = errors.New("not sealed or signed by this app")

// Keys seal and sign. Make them with [New].
type Keys struct{ now atomic.Pointer[[]keys] }

// keys are derived from one key of the settings.
type keys struct {
	aead       cipher.AEAD
	mark, sign []byte
}

// New derives keys from those of the settings, of which there is at least one.
func New(masters ...[]byte) (*Keys, error) {
	k := &Keys{}
	if err := k.Replace(masters...); err != nil {
		return nil, err
	}
	return k, nil
}

// Replace has other keys used from now on. After an error, those from before are.
func (k *Keys) Replace(masters ...[]byte) error {
	if len(masters) == 0 {
		return errors.New("derive keys: there is none to derive from")
	}
	var all []keys
	for _, master := range masters {
		one, err := derive(master)
		if err != nil {
			return fmt.Errorf("derive keys: %w", err)
		}
		all = append(all, one)
	}
	k.now.Store(&all)
	return nil
}

// Prefer has a new key used from now on, and those from before still read. Keys
// are changed by one caller at a time.
func (k *Keys) Prefer(master []byte) error {
	one, err := derive(master)
	if err != nil {
		return fmt.Errorf("derive keys: %w", err)
	}
	all := append([]keys{one}, k.all()...)
	k.now.Store(&all)
	return nil
}

// all are the keys, the first of which is used.
func (k *Keys) all() []keys { return *k.now.Load() }

// only is one of the keys alone.
func only(one keys) *Keys {
	k := &Keys{}
	k.now.Store(&[]keys{one})
	return k
}

func derive(master []byte) (k keys, err error) {
	of := func(purpose string) []byte {
		key, e := hkdf.Key(sha256.New, master, nil, purpose, 32)
		err = errors.Join(err, e)
		return key
	}
	key := of("otsbot sealed v4")
	k.mark, k.sign = of("otsbot same text v1"), of("otsbot button v2")
	if err != nil {
		return keys{}, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return keys{}, err
	}
	k.aead, err = cipher.NewGCMWithRandomNonce(block)
	return k, err
}

// Seal encrypts data. Only Open with the same purpose gets it back.
func (k *Keys) Seal(purpose string, data []byte) []byte {
	return k.all()[0].aead.Seal(nil, nil, data, []byte(purpose))
}

// Open decrypts what was sealed for that purpose, or returns ErrNotOurs.
func (k *Keys) Open(purpose string, sealed []byte) ([]byte, error) {
	for _, one := range k.all() {
		if data, err := one.aead.Open(nil, nil, sealed, []byte(purpose)); err == nil {
			return data, nil
		}
	}
	return nil, ErrNotOurs
}

// Current says whether the first key opens it.
func (k *Keys) Current(purpose string, sealed []byte) bool {
	_, err := only(k.all()[0]).Open(purpose, sealed)
	return err == nil
}

// packFrom is the size in bytes from which Wrap compresses: what a form
// remembers of a receipt with twenty rows would not fit into private_metadata,
// 3,000 characters, https://docs.slack.dev/reference/views/modal-views
const packFrom = 1000

// packMark is in front of what is compressed; JSON never begins so.
var packMark = []byte{0}

// maxPacked bounds what is unpacked again.
const maxPacked = 64 << 10

// Wrap seals v, which JSON can hold, as text. Only Unwrap with the same purpose
// gets it back.
func (k *Keys) Wrap(purpose string, v any) string {
	data := []byte(Encode(v))
	if len(data) >= packFrom {
		data = pack(data)
	}
	return base64.RawURLEncoding.EncodeToString(k.Seal(purpose, data))
}

// Unwrap reads into v what was wrapped for that purpose, or returns ErrNotOurs.
func (k *Keys) Unwrap(purpose, wrapped string, v any) error {
	sealed, err := base64.RawURLEncoding.DecodeString(wrapped)
	if err != nil {
		return ErrNotOurs
	}
	plain, err := k.Open(purpose, sealed)
	if packed, ok := bytes.CutPrefix(plain, packMark); ok && err == nil {
		plain, err = io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), maxPacked))
	}
	if err != nil || json.Unmarshal(plain, v) != nil {
		return ErrNotOurs
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

// MACLength is that of a signature: 16 bytes in base64.
const MACLength = 22

// MAC signs parts, of which the first is always what the signature is for. Each
// is signed with its length, so that nothing can be moved from one to the next.
func (k *Keys) MAC(parts ...string) string { return k.all()[0].mac(parts) }

// Signed says whether mac is one of parts.
func (k *Keys) Signed(mac string, parts ...string) bool {
	return slices.ContainsFunc(k.all(), func(one keys) bool {
		return hmac.Equal([]byte(mac), []byte(one.mac(parts)))
	})
}

func (k keys) mac(parts []string) string {
	mac := hmac.New(sha256.New, k.sign)
	for _, part := range parts {
		_, _ = io.WriteString(mac, strconv.Itoa(len(part))+":"+part)
	}
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16])
}

// Sign makes a button's value of v, which JSON can hold: it is good for the
// button with that action and no other.
func (k *Keys) Sign(action string, v any) string {
	data := Encode(v)
	return k.MAC(action, data) + data
}

// Read reads into v the value of a button with that action, or returns
// ErrNotOurs.
func (k *Keys) Read(action, value string, v any) error {
	mac, data := CutMAC(value)
	if !k.Signed(mac, action, data) || json.Unmarshal([]byte(data), v) != nil {
		return ErrNotOurs
	}
	return nil
}

// CutMAC cuts the signature off the front of a value.
func CutMAC(value string) (mac, data string) {
	n := min(MACLength, len(value))
	return value[:n], value[n:]
}

// Encode is v as JSON, with <, > and & as they are: there is little room in a
// button, and six bytes for each would fill it with one note.
func Encode(v any) string {
	var data strings.Builder
	encode := json.NewEncoder(&data)
	encode.SetEscapeHTML(false)
	if encode.Encode(v) != nil {
		return "" // can't be: text, numbers and flags
	}
	return strings.TrimSuffix(data.String(), "\n")
}

// Mark tells later whether a text is still the same, without remembering it. It
// is keyed: a plain hash of a short password could be guessed.
func (k *Keys) Mark(text string) []byte {
	mac := hmac.New(sha256.New, k.all()[0].mark)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

// Each returns the keys one by one, the first first: a mark may be of any.
func (k *Keys) Each() (alone []*Keys) {
	for _, one := range k.all() {
		alone = append(alone, only(one))
	}
	return alone
}
