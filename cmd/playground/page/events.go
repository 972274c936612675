package page

import (
	"fmt"
	"net/http"
	"time"
)

// pace is how often a page is told of changes at most: one act makes several.
const pace = 40 * time.Millisecond

// events tells a page that something has changed, and not what: the page then
// fetches what its person may see.
func (p *Page) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	for {
		// Taken before the page is told, so that no change is missed between.
		slack, ots, trouble := p.stage.Slack.Changed(), p.stage.Calls.Changed(), p.trouble.changes()
		fmt.Fprint(w, "data: changed\n\n")
		if out.Flush() != nil {
			return
		}
		select {
		case <-slack:
		case <-ots:
		case <-trouble:
		case <-r.Context().Done():
			return
		}
		select {
		case <-time.After(pace):
		case <-r.Context().Done():
			return
		}
	}
}
