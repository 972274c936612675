package otsclient

import (
	"context"
	"fmt"
)

// credentials are as whom calls are made: anonymously, if there is no username.
type credentials struct {
	username string
	token    Plaintext
}

// SetCredentials changes as whom calls are made from now on, as when an API
// token was generated anew: the old one ends at once. It refuses what [New]
// does. Both empty is anonymous.
func (c *Client) SetCredentials(username, apiToken string) error {
	if err := checkCredentials(username, apiToken); err != nil {
		return fmt.Errorf("set credentials: %w", err)
	}
	c.credentials.Store(&credentials{username, NewPlaintext(apiToken)})
	return nil
}

// OnRefusal has tell called when the server refuses the client's credentials.
// If they are set anew by the time it returns, the refused call, which had no
// effect, is made once more with those. The call waits for it no longer than it
// may take itself. A panic in tell is the call's while it waits, and is dropped after
// that: it never ends the process by itself.
func (c *Client) OnRefusal(tell func()) { c.refusal.Store(&tell) }

// renewed returns the credentials that were set in place of those that the
// server refused, or nil.
func (c *Client) renewed(ctx context.Context, refused *credentials) *credentials {
	if tell := c.refusal.Load(); tell != nil {
		told := make(chan any, 1)
		go func() {
			defer func() { told <- recover() }()
			(*tell)()
		}()
		select {
		case bug := <-told:
			if bug != nil {
				panic(bug) // the caller's, who is ready for it
			}
		case <-ctx.Done():
			return nil
		}
	}
	if present := c.credentials.Load(); present != refused {
		return present
	}
	return nil
}
