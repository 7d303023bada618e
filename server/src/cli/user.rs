//! `brigade user create|password|second-factor`.

use anyhow::{Context as _, Result, bail};
use brigade_domain::actor::Role;
use brigade_domain::identity::Secret;
use brigade_domain::identity::password::Policy;
use brigade_http::identity::password::require;
use clap::{Args, Subcommand};

use super::work::with_platform;
use super::{Common, RoleName};
use crate::platform::{NewPerson, make_password};
use crate::terminal::print;

/// People who sign in.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Makes a person, with a role in a tenant or for the whole platform.
    #[command(after_help = "\
Examples:
  brigade user create --email amara@example.org --name Amara --tenant balance-kitchen --role account_manager
  brigade user create --email ops@example.org --name Operator --role super_admin --password-stdin < password

Without --password-stdin a password is made and printed once. A person who exists already only gets the role.")]
    Create {
        /// The address to sign in with.
        #[arg(long)]
        email: String,
        /// What others call them.
        #[arg(long)]
        name: String,
        /// What they are.
        #[arg(long, value_enum)]
        role: RoleName,
        /// In which tenant: short name or id.
        #[arg(long, required_if_eq_any = [("role", "client"), ("role", "account_manager"), ("role", "admin")])]
        tenant: Option<String>,
        #[command(flatten)]
        password: PasswordSource,
    },
    /// Sets a person's password; every session ends.
    #[command(after_help = "Example:\n  brigade user password amara@example.org")]
    Password {
        /// The address.
        email: String,
        #[command(flatten)]
        password: PasswordSource,
    },
    /// A person's two-step sign-in.
    #[command(subcommand)]
    SecondFactor(SecondFactor),
}

/// What can be done about two-step sign-in from here.
#[derive(Debug, Subcommand)]
pub(super) enum SecondFactor {
    /// Turns it off for somebody who lost their app and their recovery codes; every session ends, and a mail tells them.
    #[command(after_help = "\
Make sure that it is they who ask.

Example:
  brigade user second-factor reset amara@example.org")]
    Reset {
        /// The address.
        email: String,
    },
}

/// Where the password comes from.
#[derive(Debug, Args)]
pub(super) struct PasswordSource {
    /// Read the password from standard input instead of making one.
    #[arg(long)]
    password_stdin: bool,
}

impl PasswordSource {
    /// The password, and whether it is to be shown.
    fn get(&self) -> Result<(Secret, bool)> {
        if !self.password_stdin {
            return Ok((Secret::new(make_password()), true));
        }
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).context("cannot read the password from standard input")?;
        let secret = Secret::new(line.trim_end_matches(['\r', '\n']));
        require(&secret, Policy::default(), &[])?;
        Ok((secret, false))
    }
}

pub(super) fn run(common: &Common, command: Command) -> Result<()> {
    match command {
        Command::Create { email, name, role, tenant, password } => create(common, email, name, role, tenant, &password),
        Command::Password { email, password } => set_password(common, &email, &password),
        Command::SecondFactor(SecondFactor::Reset { email }) => reset_second_factor(common, &email),
    }
}

fn create(
    common: &Common,
    email: String,
    name: String,
    role: RoleName,
    tenant: Option<String>,
    password: &PasswordSource,
) -> Result<()> {
    if role == RoleName::SuperAdmin && tenant.is_some() {
        bail!("a super admin operates the whole platform: leave --tenant out");
    }
    let (secret, shown) = password.get()?;
    with_platform(common, async move |platform| {
        let tenant = match &tenant {
            Some(tenant) => Some(platform.tenant(tenant).await?),
            None => None,
        };
        let user = match platform.find_person(&email).await? {
            Some(_) if role == RoleName::SuperAdmin => {
                bail!("{email} exists already; make another person a super admin")
            }
            Some(user) => user,
            None => {
                let new = NewPerson {
                    email: email.clone(),
                    name,
                    password: secret.clone(),
                    super_admin: role == RoleName::SuperAdmin,
                };
                let user = platform.create_person(&new).await?;
                print(&format!("person    {user}"));
                if shown {
                    print(&format!("password  {}", secret.expose()));
                }
                user
            }
        };
        if let (Some(tenant), Some(role)) = (&tenant, membership(role)) {
            platform.add_member(tenant.id, user, role).await?;
            print(&format!("role      {role:?} in {}", tenant.slug));
        }
        Ok(())
    })
}

const fn membership(role: RoleName) -> Option<Role> {
    match role {
        RoleName::Client => Some(Role::Client),
        RoleName::AccountManager => Some(Role::AccountManager),
        RoleName::Admin => Some(Role::Admin),
        RoleName::SuperAdmin => None,
    }
}

fn set_password(common: &Common, email: &str, password: &PasswordSource) -> Result<()> {
    let (secret, shown) = password.get()?;
    with_platform(common, async move |platform| {
        let user = platform
            .find_person(email)
            .await?
            .with_context(|| format!("there is no person with the address {email}"))?;
        platform.set_password(user, &secret).await?;
        print(if shown { "new password (shown once):" } else { "The password is set." });
        if shown {
            print(secret.expose());
        }
        Ok(())
    })
}

fn reset_second_factor(common: &Common, email: &str) -> Result<()> {
    with_platform(common, async move |platform| {
        let user = platform
            .find_person(email)
            .await?
            .with_context(|| format!("there is no person with the address {email}"))?;
        platform.reset_second_factor(user).await?;
        print("Two-step sign-in is off. They sign in with their password, and set it up again under Settings.");
        Ok(())
    })
}
