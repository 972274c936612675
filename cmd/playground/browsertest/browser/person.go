package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Person is somebody at a tab of their own.
type Person struct {
	ctx        context.Context
	close      context.CancelFunc
	playground *Playground
	user       string
}

type void = chromedp.Void

// As opens a tab for a person, on one conversation.
func (p *Playground) As(user, channel string) (*Person, error) {
	ctx, cancel := chromedp.NewContext(p.browser.ctx, chromedp.WithNewBrowserContext())
	person := &Person{ctx: ctx, close: cancel, playground: p, user: user}
	// The first call makes the tab, which lives as long as that call's context.
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 900)); err != nil {
		return nil, fmt.Errorf("open a tab: %w", err)
	}
	return person, person.Goes(channel)
}

// Close closes the tab.
func (p *Person) Close() { p.close() }

// run does things in the tab, within patience.
func (p *Person) run(what string, steps ...chromedp.Action[void]) error {
	_, err := get(p, what, chromedp.Steps(steps...))
	return err
}

// get is run for what has a result. An error says what the page says.
func get[T any](p *Person, what string, action chromedp.Action[T]) (T, error) {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	result, err := chromedp.Run(ctx, action)
	if err != nil {
		words, _ := chromedp.Run(p.ctx, chromedp.Evaluate[string](`location + "\n" + document.body.innerText`))
		return result, fmt.Errorf("%s: %w\n\nThe page is %s", what, err, words)
	}
	return result, nil
}

// until waits until a JavaScript expression is true. A page that goes away
// meanwhile is none that could tell: the next one is asked.
func until(expression string) chromedp.Action[void] {
	return func(ctx context.Context, t *chromedp.Target) (void, error) {
		for {
			holds, err := chromedp.Evaluate[bool]("!!("+expression+")")(ctx, t)
			if err == nil && holds {
				return void{}, nil
			}
			select {
			case <-time.After(30 * time.Millisecond):
			case <-ctx.Done():
				return void{}, errors.Join(ctx.Err(), err)
			}
		}
	}
}

// Goes opens a conversation, and waits until the page follows it.
func (p *Person) Goes(channel string) error {
	return p.run("open "+channel, chromedp.Navigate(p.playground.URL+"/as/"+p.user+"/"+channel), until(`document.body.dataset.fresh`))
}

// Visits opens any address.
func (p *Person) Visits(url string) error { return p.run("visit a page", chromedp.Navigate(url)) }

// Reloads the page.
func (p *Person) Reloads() error {
	return p.run("reload", chromedp.Reload(), until(`document.body.dataset.fresh`))
}

// Sends types into the composer, and presses Enter.
func (p *Person) Sends(text string) error {
	return p.run("send", chromedp.SendKeys(chromedp.CSS("#composer-text"), text+kb.Enter))
}

// Sees waits until something visible that selector finds says all these words.
func (p *Person) Sees(selector string, words ...string) error {
	sought, err := json.Marshal(words)
	if err != nil {
		return fmt.Errorf("look for words: %w", err)
	}
	return p.run("see "+strings.Join(words, ", "), until(fmt.Sprintf(
		`[...document.querySelectorAll(%q)].some((el) => el.checkVisibility() && %s.every((w) => el.innerText.includes(w)))`, selector, sought)))
}

// SeesNone waits until nothing on the page fits selector.
func (p *Person) SeesNone(selector string) error {
	return p.run("see no "+selector, until(fmt.Sprintf(`!document.querySelector(%q)`, selector)))
}

// Holds says whether the page's source holds something, seen or not.
func (p *Person) Holds(what string) (bool, error) {
	sought, err := json.Marshal(what)
	if err != nil {
		return false, fmt.Errorf("search the page: %w", err)
	}
	return get(p, "search the page", chromedp.Evaluate[bool](fmt.Sprintf(`((what) => document.documentElement.outerHTML.includes(what) ||
		document.body.innerText.includes(what) ||
		[...document.querySelectorAll("input, textarea")].some((el) => el.value.includes(what)))(%s)`, sought)))
}

// Presses what says so: a button, a link, or what unfolds a menu. Of several
// it is the last, which in a conversation is the newest; of narrows it to what
// is below what this selector finds, and "" is anywhere.
func (p *Person) Presses(label, of string) error {
	if of == "" {
		of = "body"
	}
	return p.click(label, fmt.Sprintf(`[...document.querySelectorAll(%q)]`, of))
}

// PressesIn presses what says so in the newest section that begins with these
// words: a row of a list.
func (p *Person) PressesIn(words, label string) error {
	return p.click(label, fmt.Sprintf(`[...document.querySelectorAll(".bk-section")].filter((el) => el.innerText.startsWith(%q))`, words))
}

// click clicks, really and in the middle of it, the last element below these
// that says so.
func (p *Person) click(label, below string) error {
	find := fmt.Sprintf(`%s.flatMap((below) => [...below.querySelectorAll("button, a, summary")])
		.filter((el) => el.checkVisibility() && !el.disabled && [el.innerText.trim(), el.getAttribute("aria-label")].includes(%q)).at(-1)`, below, label)
	return p.run("press "+label, func(ctx context.Context, t *chromedp.Target) (void, error) {
		for {
			err := chromedp.Do(ctx, until("!!"+find), chromedp.Click(chromedp.JSPath(find)))
			if err == nil || ctx.Err() != nil || !strings.Contains(err.Error(), "Could not find node") {
				return void{}, err
			}
			// The page put a new one in its place before the click: that one, then.
		}
	})
}

func field(name string) chromedp.CSS {
	return chromedp.CSS(fmt.Sprintf(`dialog.view [name="%s"]`, name))
}

// Fills a field of the open form, named block/action, by typing.
func (p *Person) Fills(name, text string) error {
	return p.run("fill in "+name, chromedp.SendKeys(field(name), text))
}

// Ticks the boxes of a field of the open form, by the labels beside them.
func (p *Person) Ticks(name string, labels ...string) error {
	for _, label := range labels {
		box := fmt.Sprintf(`[...document.querySelectorAll('dialog.view [name="%s"]')].find((el) => el.labels[0].innerText.trim() === %q)`, name, label)
		if err := p.run("tick "+label, until(box), chromedp.Click(chromedp.JSPath(box)), until(box+".checked")); err != nil {
			return err
		}
	}
	return nil
}

// Empties a field of the open form by keys.
func (p *Person) Empties(name string) error {
	return p.run("empty "+name, chromedp.Focus(field(name)),
		chromedp.Evaluate[void](`document.activeElement.select()`), chromedp.KeyEvent(kb.Backspace))
}

// Value of a field of the open form.
func (p *Person) Value(name string) (string, error) {
	return get(p, "read "+name, chromedp.Value(field(name)))
}

// Chooses an option of a select, by what it says.
func (p *Person) Chooses(selector, option string) error {
	return p.run("choose "+option, chromedp.WaitVisible(chromedp.CSS(selector)), chromedp.Evaluate[void](fmt.Sprintf(`(() => {
		const menu = document.querySelector(%q);
		menu.value = [...menu.options].find((o) => o.text === %q).value;
		menu.dispatchEvent(new Event("change", { bubbles: true }));
	})()`, selector, option)))
}

// Link is the address behind the newest link in a message that opens a secret.
func (p *Person) Link() (string, error) {
	const newest = `[...document.querySelectorAll('.message a[href*="/secret/"]')].at(-1)`
	if err := p.run("find the link", until(newest)); err != nil {
		return "", err
	}
	return p.Tells(newest + ".href")
}

// Types keys where the focus is.
func (p *Person) Types(keys string) error { return p.run("type", chromedp.KeyEvent(keys)) }

// Waits until a JavaScript expression is true.
func (p *Person) Waits(expression string) error { return p.run("wait", until(expression)) }

// Does something in JavaScript.
func (p *Person) Does(script string) error {
	return p.run("evaluate", chromedp.Evaluate[void](script))
}

// Tells what a JavaScript expression says.
func (p *Person) Tells(expression string) (string, error) {
	return get(p, "evaluate", chromedp.Evaluate[string](expression))
}

// Dark switches the tab to the dark theme, or back.
func (p *Person) Dark(dark bool) error {
	theme := "light"
	if dark {
		theme = "dark"
	}
	return p.run("change the theme", func(ctx context.Context, t *chromedp.Target) (void, error) {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}}})
		return void{}, err
	})
}

// Sized sets the size of the tab.
func (p *Person) Sized(width, height int64) error {
	return p.run("resize", chromedp.EmulateViewport(width, height))
}

// Screenshot is what the tab shows, as PNG.
func (p *Person) Screenshot() ([]byte, error) {
	return get(p, "take a screenshot", chromedp.CaptureScreenshot())
}
