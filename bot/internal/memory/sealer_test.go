package memory

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"errors"
	"testing"
)

// testSealer seals with AES-GCM, with the first of its keys.
type testSealer []cipher.AEAD

func newTestSealer(t testing.TB, keys ...string) (s testSealer) {
	t.Helper()
	for _, k := range keys {
		sum := sha256.Sum256([]byte(k))
		block, err := aes.NewCipher(sum[:])
		must(t, err)
		aead, err := cipher.NewGCMWithRandomNonce(block)
		must(t, err)
		s = append(s, aead)
	}
	return s
}

func (s testSealer) Seal(purpose string, plain []byte) []byte {
	return s[0].Seal(nil, nil, plain, []byte(purpose))
}

func (s testSealer) Open(purpose string, sealed []byte) ([]byte, error) {
	for _, aead := range s {
		if plain, err := aead.Open(nil, nil, sealed, []byte(purpose)); err == nil {
			return plain, nil
		}
	}
	return nil, errors.New("no key opens it")
}

func (s testSealer) Current(purpose string, sealed []byte) bool {
	_, err := s[:1].Open(purpose, sealed)
	return err == nil
}
