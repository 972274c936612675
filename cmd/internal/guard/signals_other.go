//go:build !unix

package guard

import "os"

var endings = []os.Signal{os.Interrupt}

// OutliveStderr has nothing to do here.
func OutliveStderr() {}
