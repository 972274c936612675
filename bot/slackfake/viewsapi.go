package slackfake

import (
	"fmt"
	"strings"
)

// viewArg reads the view of a call.
func (w *Workspace) viewArg(c *call, kind string) (*viewSpec, reply) {
	spec, refusal := parseView(c.raw("view"), kind)
	if refusal != nil {
		reasons, _ := refusal["errors"].([]string)
		c.violation = fmt.Sprintf("%s: %v: %s", c.method, refusal["error"], strings.Join(reasons, "; "))
		return nil, refusal
	}
	return spec, nil
}

func (w *Workspace) viewsOpen(c *call) reply {
	spec, refusal := w.viewArg(c, "modal")
	if refusal != nil {
		return refusal
	}
	if w.externalTaken(spec.ExternalID, nil) {
		return fail("duplicate_external_id")
	}
	t, refusal := w.useTrigger(c.str("trigger_id"))
	if refusal != nil {
		return refusal
	}
	v := w.newView(t.user, t.channel, spec)
	w.views[t.user] = []*view{v}
	w.broadcast()
	return reply{"view": v.json()}
}

func (w *Workspace) viewsPush(c *call) reply {
	spec, refusal := w.viewArg(c, "modal")
	if refusal != nil {
		return refusal
	}
	if w.externalTaken(spec.ExternalID, nil) {
		return fail("duplicate_external_id")
	}
	t, refusal := w.useTrigger(c.str("trigger_id"))
	if refusal != nil {
		return refusal
	}
	stack := w.views[t.user]
	switch {
	case t.view == "" || len(stack) == 0:
		return fail("invalid_trigger_id")
	case len(stack) >= maxStack:
		return fail("push_limit_reached")
	}
	return reply{"view": w.push(t.user, spec).json()}
}

func (w *Workspace) push(user string, spec *viewSpec) *view {
	stack := w.views[user]
	top := stack[len(stack)-1]
	v := w.newView(user, top.channel, spec)
	v.rootID, v.previousID = top.rootID, top.id
	w.views[user] = append(stack, v)
	w.broadcast()
	return v
}

func (w *Workspace) viewsUpdate(c *call) reply {
	spec, refusal := w.viewArg(c, "modal")
	if refusal != nil {
		return refusal
	}
	id, external := c.str("view_id"), c.str("external_id")
	if id == "" && external == "" {
		return invalid("invalid_arguments", "missing required field: view_id")
	}
	v := w.openView(func(v *view) bool { return v.id == id || id == "" && v.spec.ExternalID == external })
	switch {
	case v == nil:
		return fail("not_found")
	case c.str("hash") != "" && c.str("hash") != v.hash:
		return fail("hash_conflict")
	case w.externalTaken(spec.ExternalID, v):
		return fail("duplicate_external_id")
	}
	w.replace(v, spec)
	return reply{"view": v.json()}
}
