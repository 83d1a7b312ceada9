package main

import (
	"github.com/spf13/cobra"

	"github.com/leadrelay/leadrelay/internal/app"
)

// user manages accounts at the console, which is how the first security
// administrator comes in.
func user(s *settings) *cobra.Command {
	var role, unit, name string
	c := &cobra.Command{Use: "user", Short: "Accounts at the console of the server."}
	add := &cobra.Command{
		Use: "add USERNAME", Short: "Create an account with one role; its first password is printed once.", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return s.with(c, nil).AddUser(c.Context(), app.NewUser{Username: args[0], Name: name, Role: role, Unit: unit})
		},
	}
	add.Flags().StringVar(&role, "role", "", "role, e.g. security_admin")
	add.Flags().StringVar(&unit, "unit", "zs-ipb", "unit of the role")
	add.Flags().StringVar(&name, "name", "", "the person's name")
	reset := &cobra.Command{
		Use: "reset-password USERNAME", Short: "Give an account a new first password.", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return s.with(c, nil).ResetPassword(c.Context(), args[0]) },
	}
	c.AddCommand(add, reset)
	return c
}

// policy prints the matrix of roles, or checks an operator's file.
func policy() *cobra.Command {
	c := &cobra.Command{Use: "policy", Short: "Print which role may do what.", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		return app.PrintPolicy(c.OutOrStdout())
	}}
	c.AddCommand(&cobra.Command{
		Use: "matrix", Short: "Print which role may do what.", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return app.PrintPolicy(c.OutOrStdout()) },
	}, &cobra.Command{
		Use: "check FILE", Short: "Check a policy file, line by line.", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return app.CheckPolicy(args[0], c.OutOrStdout()) },
	})
	return c
}

func openapi() *cobra.Command {
	return &cobra.Command{Use: "openapi", Short: "Print the description of the API.", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		return app.PrintOpenAPI(version, c.OutOrStdout())
	}}
}

func routes() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{Use: "routes", Short: "Print every route with its permission.", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		return app.PrintRoutes(version, asJSON, c.OutOrStdout())
	}}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}
