import { type IncomingHttpHeaders, request } from 'node:http';

/** What a visitor sees after a click. */
export interface Seen {
	readonly status: number;
	readonly url: string;
	readonly html: string;
	readonly headers: IncomingHttpHeaders;
	/** The words of the page, without markup. */
	readonly text: string;
}

/** A form as it stands in a page. */
export interface Form {
	readonly action: string;
	readonly method: string;
	readonly fields: readonly (readonly [name: string, value: string])[];
	/** Names of every control, ticked or not. */
	readonly names: ReadonlySet<string>;
}

/**
 * Somebody with a browser and nothing else: keeps cookies by host, follows redirects, sends the forms it finds in the pages. Speaks to
 * 127.0.0.1 with the Host header, since `*.localhost` does not resolve outside browsers.
 */
export class Visitor {
	readonly #port: number;
	readonly #cookies = new Map<string, Map<string, string>>();
	readonly #lines: (readonly [host: string, line: string])[] = [];
	readonly language: string;

	constructor(port: number, language = 'en') {
		this.#port = port;
		this.language = language;
	}

	/** What a host is sent as its cookies. */
	cookieHeader(host: string): string {
		return [...(this.#cookies.get(host) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
	}

	/** Every cookie line a host has sent, as it was. */
	cookieLines(host: string): readonly string[] {
		return this.#lines.filter(([from]) => from === host).map(([, line]) => line);
	}

	/** Opens an address and follows where it leads. */
	async open(url: string): Promise<Seen> {
		return this.#go('GET', url, null);
	}

	/** Fills in the form of a page whose action is the path `action`, or else holds it, and sends it. Fields that the form does not have are refused. */
	async send(page: Seen, action: string, values: Record<string, string | string[]> = {}): Promise<Seen> {
		const forms = formsIn(page.html);
		const form =
			forms.find((candidate) => pathOf(candidate.action) === action) ??
			forms.find((candidate) => candidate.action.includes(action));
		if (!form) throw new Error(`there is no form "${action}" on ${page.url}: ${page.text.slice(0, 300)}`);
		const given = Object.entries(values);
		for (const [name] of given) {
			if (!form.names.has(name)) throw new Error(`the form "${action}" has no field ${name}`);
		}
		const kept = form.fields.filter(([name]) => !(name in values));
		const filled = given.flatMap(([name, value]) =>
			[value].flat().map((one): [string, string] => [name, one]),
		);
		const body = new URLSearchParams([
			...kept.map(([name, value]): [string, string] => [name, value]),
			...filled,
		]);
		const url = new URL(form.action || page.url, page.url).href;
		return this.#go('POST', url, body.toString(), new URL(page.url).origin);
	}

	async #go(method: string, address: string, form: string | null, origin?: string): Promise<Seen> {
		let url = new URL(address);
		let body = form;
		let verb = method;
		for (let hops = 0; hops < 12; hops++) {
			const answer = await this.#once(verb, url, body, origin);
			const { location } = answer.headers;
			if (!location || answer.status < 300 || answer.status >= 400) return answer;
			url = new URL(location, url);
			verb = 'GET';
			body = null;
		}
		throw new Error(`${address} leads in circles`);
	}

	#once(method: string, url: URL, body: string | null, origin: string | undefined): Promise<Seen> {
		const jar = this.#cookies.get(url.host) ?? new Map<string, string>();
		this.#cookies.set(url.host, jar);
		const headers: Record<string, string> = {
			host: url.host,
			accept: 'text/html,application/xhtml+xml',
			'accept-language': this.language,
			cookie: this.cookieHeader(url.host),
			...(body === null ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
			...(method === 'POST' && origin ? { origin } : {}),
		};
		return new Promise((resolve, reject) => {
			const path = url.pathname + url.search;
			const sent = request({ host: '127.0.0.1', port: this.#port, method, path, headers }, (response) => {
				const chunks: Buffer[] = [];
				response.on('data', (chunk: Buffer) => chunks.push(chunk));
				response.on('error', reject);
				response.on('end', () => {
					for (const line of response.headers['set-cookie'] ?? []) {
						this.#lines.push([url.host, line]);
						keep(jar, line);
					}
					const html = Buffer.concat(chunks).toString('utf8');
					resolve({
						status: response.statusCode ?? 0,
						url: url.href,
						html,
						headers: response.headers,
						text: textOf(html),
					});
				});
			});
			sent.on('error', reject);
			sent.end(body ?? undefined);
		});
	}
}

function keep(jar: Map<string, string>, line: string): void {
	const [pair = '', ...attributes] = line.split(';');
	const at = pair.indexOf('=');
	const name = pair.slice(0, at).trim();
	const expires = attributes.map((attribute) => /^\s*expires=(.+)$/i.exec(attribute)?.[1]).find(Boolean);
	if (expires && Date.parse(expires) < Date.now()) jar.delete(name);
	else jar.set(name, pair.slice(at + 1));
}

/** The forms of a page with what a browser would send if nothing was changed. */
export function formsIn(html: string): Form[] {
	return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(([, attributes = '', inside = '']) => {
		const fields: [string, string][] = [];
		const names = new Set<string>();
		for (const [, tag, words = ''] of inside.matchAll(/<(input|textarea|select|button)\b([^>]*)>/g)) {
			const name = attribute(words, 'name');
			if (!name) continue;
			names.add(name);
			const type = attribute(words, 'type');
			if (tag === 'button') continue;
			if ((type === 'radio' || type === 'checkbox') && !/\bchecked\b/.test(words)) continue;
			if (tag === 'input') fields.push([name, attribute(words, 'value') ?? '']);
		}
		for (const [, words = '', text = ''] of inside.matchAll(/<textarea\b([^>]*)>([\s\S]*?)<\/textarea>/g)) {
			fields.push([attribute(words, 'name') ?? '', decode(text)]);
		}
		return {
			action: attribute(attributes, 'action') ?? '',
			method: attribute(attributes, 'method') ?? 'get',
			fields,
			names,
		};
	});
}

function attribute(words: string, name: string): string | null {
	const found = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(words);
	return found ? decode(found[1]!) : null;
}

function textOf(html: string): string {
	return decode(html.replace(/<head>[\s\S]*?<\/head>/, '').replace(/<[^>]+>/g, ' '))
		.replace(/\s+/g, ' ')
		.trim();
}

function decode(text: string): string {
	const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
	return text.replace(
		/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi,
		(whole, hex?: string, digits?: string, name?: string) => {
			if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
			if (digits) return String.fromCodePoint(Number(digits));
			return named[name ?? ''] ?? whole;
		},
	);
}

function pathOf(action: string): string {
	return action.replace(/^https?:\/\/[^/]+/, '').split('?')[0] ?? '';
}
