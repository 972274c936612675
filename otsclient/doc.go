// Package otsclient is a client of the OneTimeSecret API, v1 and v2: it stores
// a secret, looks at its state, burns it, and opens it.
//
// Start with [New] and [Client.Share]:
//
//	client, err := otsclient.New(otsclient.Config{BaseURL: "https://eu.onetimesecret.com"})
//	shared, err := client.Share(ctx, otsclient.ShareRequest{
//		Secret: otsclient.NewPlaintext("correct horse battery staple"),
//		TTL:    time.Hour,
//	})
//	fmt.Println(client.SecretLink(shared)) // for whoever shall read it, once
//
// # Two keys
//
// A secret has two keys, and both are bearer capabilities: whoever holds one
// may use it, logged in or not. The secret key opens the secret, once. The
// metadata key tells its state and burns it. Both are of type [Key], secrets
// and passphrases of type [Plaintext]; neither shows its content in any print
// form. Reveal is the one way to it.
//
// # Errors
//
// The server answers 404 to almost everything that goes wrong, so the status
// says little. Every error of a call matches one of the Err values with
// errors.Is; [Reason] gives the sentence that comes with [ErrRejected]. The
// text of an error holds no URL, key, body or credential, and can be logged.
//
// [ErrOutcomeUnknown] is the one to plan for: a call that creates (Share,
// Generate) or consumes (Retrieve) may have reached the server although no
// usable answer came back. An answer refuses a call only if it is one of those
// that real servers refuse it with; every other leaves the outcome open. It is
// never repeated by this package. Calls that can be repeated are, twice at most;
// so is any call that failed before its first byte was sent. A server that takes no call just now and names a wait of
// at most two seconds is asked once more after it; for a longer one see
// [RetryAfter].
//
// # What servers do
//
// The client was written against recordings of the servers 0.12, 0.20, 0.22,
// 0.24 and 0.26 and takes nothing for granted that differs between them:
// lifetimes are clamped without a word ([Shared.TTL] is what was granted), numbers may
// be strings, a wrong passphrase and a secret that is gone look the same
// ([ErrGone]), and an old server sends the plaintext along with the metadata,
// which is not even decoded here.
//
// v1 is frozen, and every server has it, so it comes first: roads.go has the
// reasons. Where a server has v2 as well and it tells more, this package asks
// there too: whether it was the passphrase ([Client.Retrieve]), how often a link
// was looked at, and when first ([Metadata]). Where a server has lost v1, all is
// done by v2, and [Client.OnFallback] tells. The choice is made by what the
// server answers; there is no setting for it.
//
// [Client.States] asks for many secrets at once.
package otsclient
