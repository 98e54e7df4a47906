//! Signing in through an OpenID Connect provider: authorization code with PKCE.
use std::time::Duration;

use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreJwsSigningAlgorithm, CoreProviderMetadata,
    CoreUserInfoClaims,
};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl, Nonce, OAuth2TokenResponse,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse,
};

const TIMEOUT: Duration = Duration::from_secs(10);
const BYTES_MAX: u64 = 1 << 20;
/// Algorithms of id tokens that are believed: none with a secret that both sides know.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 4] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// A provider, and what it knows us as.
#[derive(Clone, PartialEq, Eq)]
pub struct Provider {
    /// Its issuer's URL.
    pub issuer: String,
    /// Our id there.
    pub client_id: String,
    /// Our secret there.
    pub client_secret: String,
    /// Where it sends people back to.
    pub redirect: String,
}

/// A sign-in that begins: where to send the browser, and what is kept until it comes back.
#[derive(Clone, PartialEq, Eq)]
pub struct Begun {
    /// Where to send the browser.
    pub url: String,
    /// What it brings back.
    pub state: String,
    /// What the id token must say.
    pub nonce: String,
    /// What proves that it is we who ask for the token.
    pub verifier: String,
}

/// Whom the provider knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Issuer and subject: what stays the same of a person.
    pub subject: String,
    /// The mail address, if the provider verified it.
    pub email: Option<String>,
}

/// Why somebody could not be recognised.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OidcError {
    /// The settings make no sense.
    #[error("the OIDC settings: {0}")]
    Settings(String),
    /// The provider does not answer, or not as it should.
    #[error("the OIDC provider: {0}")]
    Provider(String),
    /// What it says of somebody is not to be believed.
    #[error("the id token is not good: {0}")]
    Token(String),
}

/// An HTTP client that follows no redirects and reads no more than it must.
#[derive(Debug, thiserror::Error)]
enum HttpError {
    #[error(transparent)]
    Call(#[from] ureq::Error),
    #[error(transparent)]
    Http(#[from] ureq::http::Error),
}

fn call(request: HttpRequest) -> Result<HttpResponse, HttpError> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(TIMEOUT))
        .build()
        .into();
    let mut response = agent.run(request)?;
    let body = response.body_mut().with_config().limit(BYTES_MAX).read_to_vec()?;
    let mut answer = ureq::http::Response::builder().status(response.status());
    for (name, value) in response.headers() {
        answer = answer.header(name, value);
    }
    Ok(answer.body(body)?)
}

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

impl std::fmt::Debug for Provider {
    // Not derived: the secret must not reach a log.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} as {}", self.issuer, self.client_id)
    }
}

impl Provider {
    fn client(&self) -> Result<Client, OidcError> {
        let settings = |error: &dyn std::fmt::Display| OidcError::Settings(error.to_string());
        let issuer = IssuerUrl::new(self.issuer.clone()).map_err(|error| settings(&error))?;
        let redirect = RedirectUrl::new(self.redirect.clone()).map_err(|error| settings(&error))?;
        let found = CoreProviderMetadata::discover(&issuer, &call);
        let found = found.map_err(|error| OidcError::Provider(kernel::with_causes(&error)))?;
        let (id, secret) = (self.client_id.clone(), self.client_secret.clone());
        let secret = Some(ClientSecret::new(secret));
        let client = CoreClient::from_provider_metadata(found, ClientId::new(id), secret);
        Ok(client.set_redirect_uri(redirect))
    }

    /// Begins a sign-in.
    ///
    /// # Errors
    /// [`OidcError`].
    pub fn begin(&self) -> Result<Begun, OidcError> {
        let client = self.client()?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state, nonce) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scope(Scope::new("email".to_owned()))
            .add_scope(Scope::new("profile".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        Ok(Begun {
            url: url.to_string(),
            state: state.secret().clone(),
            nonce: nonce.secret().clone(),
            verifier: verifier.secret().clone(),
        })
    }

    /// Ends a sign-in: gets the id token for the code and looks whether it is good.
    ///
    /// # Errors
    /// [`OidcError`].
    pub fn end(&self, code: &str, nonce: &str, verifier: &str) -> Result<Known, OidcError> {
        let client = self.client()?;
        let provider =
            |error: &dyn std::error::Error| OidcError::Provider(kernel::with_causes(error));
        let answer = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|error| provider(&error))?
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.to_owned()))
            .request(&call)
            .map_err(|error| provider(&error))?;
        let bad = |error: &dyn std::error::Error| OidcError::Token(kernel::with_causes(error));
        let token = answer.id_token();
        let token = token.ok_or_else(|| OidcError::Provider("there is no id token".to_owned()))?;
        let checks = client.id_token_verifier().set_allowed_algs(ALGORITHMS);
        let nonce = Nonce::new(nonce.to_owned());
        let claims = token.claims(&checks, &nonce).map_err(|error| bad(&error))?;
        if let Some(expected) = claims.access_token_hash() {
            let algorithm = token.signing_alg().map_err(|error| bad(&error))?;
            let key = token.signing_key(&checks).map_err(|error| bad(&error))?;
            let found = AccessTokenHash::from_token(answer.access_token(), algorithm, key);
            if found.map_err(|error| bad(&error))? != *expected {
                return Err(OidcError::Token("it belongs to another access token".to_owned()));
            }
        }
        let of_token = (claims.email().map(|email| email.to_lowercase()), claims.email_verified());
        let (email, verified) = match of_token {
            (Some(email), verified) => (Some(email), verified),
            // The standard has it in the userinfo answer, where an access token is given out.
            (None, _) => match client
                .user_info(answer.access_token().clone(), Some(claims.subject().clone()))
            {
                Ok(request) => {
                    let found: CoreUserInfoClaims =
                        request.request(&call).map_err(|error| provider(&error))?;
                    (found.email().map(|email| email.to_lowercase()), found.email_verified())
                }
                // A provider without that says no more than the token.
                Err(_) => (None, None),
            },
        };
        let email = email.filter(|_| verified == Some(true));
        let subject = format!("{} {}", claims.issuer().as_str(), claims.subject().as_str());
        Ok(Known { subject, email })
    }
}
