package load

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"

	"github.com/gorilla/websocket"
)

// Bare runs what a share takes at the least, for the settings that the bot has
// in this load: it reads an envelope, acks it, has OneTimeSecret keep the text,
// and posts twice, with blocks as large as the bot's. It uses the same libraries
// for HTTP and sockets as the bot does, and knows no trouble: what the bot costs
// beyond this is the price of all that may go wrong, and of telling it.
func Bare(ctx context.Context) error {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 64 // as the bot has it
	b := &bare{client: &http.Client{Transport: transport}, slack: os.Getenv("SLACK_API_URL"), ots: os.Getenv("OTS_URL")}
	ended := make(chan error)
	for range bareSockets {
		go func() { ended <- b.serve(ctx) }()
	}
	return <-ended
}

// bareSockets is how many the bot opens unless it is told otherwise.
const bareSockets = 2

type bare struct {
	client     *http.Client
	slack, ots string
}

func (b *bare) serve(ctx context.Context) error {
	var socket struct{ URL string }
	if err := b.call(ctx, "apps.connections.open", os.Getenv("SLACK_APP_TOKEN"), struct{}{}, &socket); err != nil {
		return err
	}
	ws, _, err := websocket.DefaultDialer.DialContext(ctx, socket.URL, nil)
	if err != nil {
		return fmt.Errorf("open socket: %w", err)
	}
	defer context.AfterFunc(ctx, func() { ws.Close() })()
	for {
		var envelope struct {
			ID      string `json:"envelope_id"`
			Payload struct {
				Text    string `json:"text"`
				Channel string `json:"channel_id"`
				User    string `json:"user_id"`
			} `json:"payload"`
		}
		if err := ws.ReadJSON(&envelope); ctx.Err() != nil {
			return nil
		} else if err != nil {
			return fmt.Errorf("read socket: %w", err)
		}
		if envelope.ID == "" {
			continue // hello
		}
		if err := ws.WriteJSON(map[string]string{"envelope_id": envelope.ID}); err != nil {
			return fmt.Errorf("ack: %w", err)
		}
		p := envelope.Payload
		go func() {
			if err := b.share(ctx, p.Channel, p.User, p.Text); err != nil && ctx.Err() == nil {
				fmt.Fprintln(os.Stderr, "bare loop:", err) // which the load counts as lost
			}
		}()
	}
}

func (b *bare) share(ctx context.Context, channel, user, text string) error {
	form := url.Values{"secret": {text}, "ttl": {"604800"}}
	var kept struct {
		SecretKey   string `json:"secret_key"`
		MetadataKey string `json:"metadata_key"`
	}
	if err := b.post(ctx, b.ots+"/api/v1/share", "", "application/x-www-form-urlencoded", []byte(form.Encode()), &kept); err != nil {
		return err
	}
	for _, m := range []bareMessage{
		bareAnnouncement(channel, user, b.ots+"/secret/"+kept.SecretKey),
		bareReceipt(user, channel, b.ots+"/private/", kept.MetadataKey),
	} {
		if err := b.call(ctx, "chat.postMessage", os.Getenv("SLACK_BOT_TOKEN"), m, nil); err != nil {
			return err
		}
	}
	return nil
}

// call makes one of Slack's, and decodes what is asked of its answer.
func (b *bare) call(ctx context.Context, method, token string, args, into any) error {
	body, err := json.Marshal(args)
	if err != nil {
		return err
	}
	var answer struct {
		OK    bool   `json:"ok"`
		Error string `json:"error"`
	}
	var all bytes.Buffer
	if err := b.post(ctx, b.slack+method, token, "application/json; charset=utf-8", body, &all); err != nil {
		return err
	}
	if err := json.Unmarshal(all.Bytes(), &answer); err != nil || !answer.OK {
		return fmt.Errorf("%s: %s", method, cmp.Or(answer.Error, "no answer"))
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(all.Bytes(), into)
}

// post sends body and decodes the answer, or copies it into a buffer.
func (b *bare) post(ctx context.Context, url, token, kind string, body []byte, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", kind)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := b.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("POST %s: status %d", req.URL.Path, resp.StatusCode)
	}
	if all, ok := into.(*bytes.Buffer); ok {
		_, err = io.Copy(all, resp.Body)
		return err
	}
	return json.NewDecoder(resp.Body).Decode(into)
}
