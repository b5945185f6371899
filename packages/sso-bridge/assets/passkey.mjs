// The one script of the library's sign-in: joins a form to the passkeys of this device. It sends nothing itself; what the device answers goes into a field
// of the form, and the form is sent as any other. Pages with a field for a PIN do not load it.

const bytesOf = (text) =>
	Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (sign) => sign.charCodeAt(0));

const textOf = (buffer) =>
	btoa(String.fromCharCode(...new Uint8Array(buffer)))
		.replaceAll('+', '-')
		.replaceAll('/', '_')
		.replaceAll('=', '');

/** The options of a form, with bytes where the browser wants bytes. */
function optionsOf(form) {
	const options = JSON.parse(form.dataset.options);
	const listed = (list) => (list ?? []).map((one) => ({ ...one, id: bytesOf(one.id) }));
	options.challenge = bytesOf(options.challenge);
	if (options.user) options.user.id = bytesOf(options.user.id);
	if (options.excludeCredentials) options.excludeCredentials = listed(options.excludeCredentials);
	if (options.allowCredentials) options.allowCredentials = listed(options.allowCredentials);
	return options;
}

/** What the device answered, as text. */
function answerOf(credential) {
	const { response } = credential;
	const parts = { clientDataJSON: textOf(response.clientDataJSON) };
	for (const name of ['attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
		if (response[name]) parts[name] = textOf(response[name]);
	}
	if (response.getTransports) parts.transports = response.getTransports();
	return JSON.stringify({
		id: credential.id,
		rawId: textOf(credential.rawId),
		type: credential.type,
		authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
		clientExtensionResults: {},
		response: parts,
	});
}

async function ask(form) {
	const publicKey = optionsOf(form);
	const credential =
		form.dataset.passkey === 'add'
			? await navigator.credentials.create({ publicKey })
			: await navigator.credentials.get({ publicKey });
	form.elements.answer.value = answerOf(credential);
}

for (const form of document.querySelectorAll('form[data-passkey]')) {
	const said = (name, shown) => {
		for (const one of document.querySelectorAll(`[data-passkey-${name}]`)) one.hidden = !shown;
	};
	if (!window.PublicKeyCredential) continue;
	said('without', false);
	form.hidden = false;
	form.addEventListener('submit', async (event) => {
		if (form.elements.answer.value !== '') return;
		event.preventDefault();
		said('failed', false);
		try {
			await ask(form);
			form.submit();
		} catch {
			// Stopped, too late, or no key there: the device has said so itself, and nothing was sent.
			said('failed', true);
		}
	});
}
