package storetest

import "os/exec"

func ownByServer(string) error { return nil }

func asServer(*exec.Cmd) {}
