package config

import (
	"net"
	"net/url"
	"strings"
)

func mailKeys() []Key {
	return []Key{
		{
			Name:     "public.url",
			Sentence: "Address at which people reach the page, for the links in mail, such as https://leads.example.gov.cn.",
			at:       func(c *Config) any { return &c.Public.URL },
		}, {
			Name:     "smtp.host",
			Sentence: "Mail server through which notices go out. Empty: no mail leaves this server.",
			at:       func(c *Config) any { return &c.SMTP.Host },
		}, {
			Name: "smtp.port", Default: "587", Min: "1", Max: "65535",
			Sentence: "Port of the mail server.",
			at:       func(c *Config) any { return &c.SMTP.Port },
		}, {
			Name: "smtp.security", Default: "starttls", OneOf: []string{"starttls", "tls", "none"},
			Sentence: "How the connection is protected: starttls, tls from the first byte, or none, for a server on this machine only.",
			at:       func(c *Config) any { return &c.SMTP.Security },
		}, {
			Name:     "smtp.username",
			Sentence: "Name to log in with at the mail server. Empty: no log-in.",
			at:       func(c *Config) any { return &c.SMTP.Username },
		}, {
			Name: "smtp.password", Secret: true,
			Sentence: "Password at the mail server.",
			at:       func(c *Config) any { return &c.SMTP.Password },
		}, {
			Name:     "smtp.from",
			Sentence: "Address that mail comes from.",
			at:       func(c *Config) any { return &c.SMTP.From },
		}, {
			Name:     "smtp.ca_file",
			Sentence: "File of the certificates that vouch for the mail server, instead of the system's.",
			at:       func(c *Config) any { return &c.SMTP.CAFile },
		},
	}
}

// impossibleMail returns what cannot be meant about mail.
func (c *Config) impossibleMail() []error {
	var wrong []error
	add := func(broken bool, key, why string) {
		if broken {
			wrong = append(wrong, refuse(key, why))
		}
	}
	if c.Public.URL != "" {
		at, err := url.Parse(c.Public.URL)
		web := err == nil && (at.Scheme == "https" || at.Scheme == "http") && at.Host != ""
		add(!web, "public.url", "is not of the form https://leads.example.gov.cn")
		c.Public.URL = strings.TrimRight(c.Public.URL, "/")
	}
	if c.SMTP.Host == "" {
		add(c.SMTP.Username != "", "smtp.username", "is set without smtp.host")
		return wrong
	}
	add(c.SMTP.From == "", "smtp.from", "must say which address mail comes from")
	add(c.Public.URL == "", "public.url", "must say where people reach the page, for the links in mail")
	add((c.SMTP.Username == "") != (c.SMTP.Password == ""), "smtp.password", "goes together with smtp.username")
	near, err := isLoopback(net.JoinHostPort(c.SMTP.Host, "25"))
	add(c.SMTP.Security == "none" && (err != nil || !near), "smtp.security", "cannot be none unless the mail server is on this machine")
	return wrong
}
