package main

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"otsbot/internal/redistest"
)

func TestARedisIsTakenAwayAndGivenBack(t *testing.T) {
	t.Parallel()
	to, proxy, err := takeable(redistest.New(t).URL("otsbot"))
	if err != nil || proxy == nil || !strings.Contains(to, "prefix=otsbot") {
		t.Fatal(to, err)
	}
	defer proxy.Close()
	u, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(&redis.Options{Addr: u.Host, MaxRetries: -1})
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := client.Ping(ctx).Err(); err != nil {
		t.Fatal(err)
	}
	proxy.Cut(true)
	if client.Ping(ctx).Err() == nil {
		t.Error("it answers, and is gone")
	}
	proxy.Cut(false)
	if err := client.Ping(ctx).Err(); err != nil {
		t.Error(err)
	}
}

func TestOtherStoresStayWhatTheyAre(t *testing.T) {
	t.Parallel()
	for _, u := range []string{"", "file:/tmp/otsbot.db", "rediss://redis:6379", "redis://?addr=a:1&addr=b:1", "redis://%zz"} {
		if to, proxy, err := takeable(u); to != u || proxy != nil || err != nil {
			t.Errorf("%q became %q, %v", u, to, err)
		}
	}
	to, proxy, err := takeable("redis://user:word@redis.example.com/2?prefix=x")
	if err != nil || !strings.HasPrefix(to, "redis://user:word@127.0.0.1:") || !strings.HasSuffix(to, "/2?prefix=x") {
		t.Errorf("%q, %v", to, err)
	}
	proxy.Close()
}
