package otsclient_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http/httptest"
	"strings"
	"time"

	"otsbot/otsclient"
	"otsbot/otsclient/otsfake"
)

// Start a client for the server of your region.
func ExampleNew() {
	_, err := otsclient.New(otsclient.Config{
		BaseURL:  "https://eu.onetimesecret.com",
		Username: "ops@example.com",
		Timeout:  -1,
	})
	fmt.Println(err)
	// Output:
	// configure client: Username is set without APIToken
	// Timeout is negative
}

func ExampleClient_Share() {
	client, close := offline()
	defer close()
	shared, err := client.Share(context.Background(), otsclient.ShareRequest{
		Secret: otsclient.NewPlaintext("correct horse battery staple"),
		TTL:    365 * 24 * time.Hour,
	})
	if err != nil {
		log.Fatal(err)
	}
	link := client.SecretLink(shared)
	fmt.Println(link[:strings.LastIndex(link, "/")], shared.TTL, shared.PassphraseRequired)
	// What is confidential doesn't print.
	fmt.Println(shared.SecretKey, shared.MetadataKey)
	// Output:
	// https://ots.example.com/secret 720h0m0s false
	// [redacted] [redacted]
}

// What went wrong tells what to do.
func ExampleReason() {
	client, close := offline()
	defer close()
	_, err := client.Share(context.Background(), otsclient.ShareRequest{
		Secret:    otsclient.NewPlaintext("x"),
		Recipient: "somebody@example.com",
	})
	switch {
	case errors.Is(err, otsclient.ErrRejected):
		fmt.Println("refused:", otsclient.Reason(err))
	case errors.Is(err, otsclient.ErrRateLimited):
		fmt.Println("later:", otsclient.RetryAfter(err))
	case errors.Is(err, otsclient.ErrOutcomeUnknown):
		fmt.Println("it may be stored or not; it expires")
	}
	// Output: refused: An account is required to send emails.
}

func ExampleClient_Generate() {
	client, close := offline()
	defer close()
	made, err := client.Generate(context.Background(), otsclient.GenerateRequest{Length: 24, TTL: time.Hour})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(made.Value.Len(), made.Value)
	// Output: 24 [redacted]
}

func ExampleClient_Retrieve() {
	client, close := offline()
	defer close()
	shared := shareOne(client)
	for range 2 {
		text, err := client.Retrieve(context.Background(), shared.SecretKey, otsclient.Plaintext{})
		fmt.Println(text.Reveal(), err)
	}
	// Output:
	// hunter2 <nil>
	//  retrieve secret: gone, or wrong passphrase: status 404
}

func ExampleClient_Metadata() {
	client, close := offline()
	defer close()
	told, err := client.Metadata(context.Background(), shareOne(client).MetadataKey)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(told.State, told.Remaining.Round(time.Minute), told.Views)
	// Output: waiting 1h0m0s 0
}

func ExampleClient_Burn() {
	client, close := offline()
	defer close()
	shared := shareOne(client)
	fmt.Println(client.Burn(context.Background(), shared.MetadataKey, otsclient.Plaintext{}))
	told, err := client.Metadata(context.Background(), shared.MetadataKey)
	fmt.Println(told.State, err)
	// Output:
	// <nil>
	// burned <nil>
}

func ExampleClient_Recent() {
	client, close := offline()
	defer close()
	_, err := client.Recent(context.Background())
	fmt.Println(errors.Is(err, otsclient.ErrNotAuthorized))
	// Output: true
}

func ExampleClient_CheckCredentials() {
	client, close := offline()
	defer close()
	fmt.Println(client.CheckCredentials(context.Background()))
	// Output: check credentials: not authorized: no credentials given
}

func ExampleClient_Status() {
	client, close := offline()
	defer close()
	fmt.Println(client.Status(context.Background()))
	// Output: <nil>
}

func ExampleParseKey() {
	key, kind, err := otsclient.ParseKey("https://eu.onetimesecret.com/receipt/dk68lius5wyopnhxmiblqpsy47deff4z76fc0jv7ej1e1qj8npg4yo7vexilj5")
	fmt.Println(key.Fingerprint(), kind, err)
	// Output: bb30e43dfeb7 metadata key <nil>
}

// offline is a client of a server in this process.
func offline() (client *otsclient.Client, close func()) {
	server := httptest.NewServer(otsfake.New(otsfake.Options{}))
	client, err := otsclient.New(otsclient.Config{BaseURL: server.URL, PublicURL: "https://ots.example.com"})
	if err != nil {
		log.Fatal(err)
	}
	return client, func() { client.Close(); server.Close() }
}

func shareOne(client *otsclient.Client) otsclient.Shared {
	shared, err := client.Share(context.Background(), otsclient.ShareRequest{Secret: otsclient.NewPlaintext("hunter2"), TTL: time.Hour})
	if err != nil {
		log.Fatal(err)
	}
	return shared
}
