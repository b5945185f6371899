import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { OwnKey } from '../src/upstream/own-keys.ts';
import { Refusal } from '../src/upstream/refusal.ts';
import { readPastedProvider } from '../src/upstream/saml/idp-metadata.ts';
import { readLogoutRequest } from '../src/upstream/saml/logout-request.ts';
import { checkResponse } from '../src/upstream/saml/response.ts';
import { providerKey } from './fixtures/identity-provider.ts';

const FOLDER = new URL('./vectors/vendor/', import.meta.url);
const VERDICTS = new URL('./vectors/saml-verdicts.json', import.meta.url);

interface Verdicts {
	/** By file: why a response is refused, and why it would be if it were signed by a method we take. */
	readonly responses: Readonly<Record<string, readonly [asItIs: string, withSha256: string]>>;
	readonly providers: Readonly<Record<string, string>>;
	readonly logoutRequests: Readonly<Record<string, string>>;
}

/**
 * Responses, descriptions and logout requests that other projects keep to test themselves (test/vectors/vendor, each folder with its licence).
 * What would be right about each of them is taken from the document itself, so that what is left is what is wrong with it; each is refused for
 * the reason that stands in `saml-verdicts.json`.
 */
describe('what other projects test themselves with', () => {
	const verdicts = JSON.parse(readFileSync(VERDICTS, 'utf8')) as Verdicts;
	let key: OwnKey;
	before(async () => {
		key = { number: 1, ...(await providerKey()) };
	});

	it('holds nothing that we take for a response, by SHA-1 or as if it were signed by SHA-256', async () => {
		const found: Record<string, [string, string]> = {};
		for (const file of filesIn(/(?:responses|signatures|xsw|xml-crypto-MIT|node-saml-MIT)\//)) {
			const text = textOf(file);
			found[file] = [await verdictOn(text, key), await verdictOn(withSha256(text), key)];
		}
		expect(Object.keys(found)).to.have.length.above(140);
		expect(found).to.deep.equal(verdicts.responses);
		expect(Object.values(found).flat()).to.not.include('taken');
	});

	it('holds signature wrappings, and each is refused for its form, before a signature is looked at', () => {
		const wrappings = Object.entries(verdicts.responses).filter(([file]) =>
			/xsw|wrapping|wrapped_response|multiple_assertions|resigned-by-attacker|multiple_signed_info|advice/.test(
				file,
			),
		);
		expect(wrappings).to.have.length.above(20);
		for (const [file, [, why]] of wrappings) expect(why, file).to.not.equal('saml_signature');
	});

	it('holds descriptions of identity providers, which are read or refused as a whole', () => {
		const found: Record<string, string> = {};
		for (const file of filesIn(/metadata\/|idp(?:_2)?\.xml$|signedMetadata/)) {
			found[file] = verdictOf(() => readPastedProvider(textOf(file)).entityId);
		}
		expect(found).to.deep.equal(verdicts.providers);
	});

	it('holds logout requests, none of which is for us and fresh', () => {
		const found: Record<string, string> = {};
		for (const file of filesIn(/logout_request/)) {
			const text = textOf(file);
			const issued = Date.parse(attribute(text, 'IssueInstant') ?? '') || 0;
			const about = { logout: attribute(text, 'Destination') ?? 'none', now: issued };
			found[file] = verdictOf(() => (readLogoutRequest(text, about).signed ? 'signed' : 'unsigned'));
		}
		expect(found).to.deep.equal(verdicts.logoutRequests);
	});
});

function filesIn(which: RegExp): string[] {
	return readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
		.filter((file) => /\.(?:xml|base64)$/.test(file) && which.test(file))
		.sort();
}

function textOf(file: string): string {
	const text = readFileSync(new URL(encodeURI(file), FOLDER), 'utf8');
	if (!file.endsWith('.base64')) return text;
	return Buffer.from(text, 'base64').toString('utf8');
}

function attribute(text: string, name: string): string | undefined {
	return new RegExp(`\\s${name}=["']([^"']*)["']`).exec(text)?.[1];
}

function withSha256(text: string): string {
	return text
		.replaceAll(
			'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
			'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
		)
		.replaceAll('http://www.w3.org/2000/09/xmldsig#sha1', 'http://www.w3.org/2001/04/xmlenc#sha256');
}

function issuerIn(text: string): string {
	return /<(?:\w+:)?Issuer\b[^>]*>([^<]*)</.exec(text)?.[1]?.trim() ?? 'none';
}

/** The certificate that a document shows. To trust it would be wrong; here it leaves only what else is wrong. */
function certificateIn(text: string): string | undefined {
	const bare = /<(?:\w+:)?X509Certificate>([^<]+)</.exec(text)?.[1]?.replace(/\s/g, '');
	return (
		bare && `-----BEGIN CERTIFICATE-----\n${bare.match(/.{1,64}/g)!.join('\n')}\n-----END CERTIFICATE-----\n`
	);
}

async function verdictOn(text: string, key: OwnKey): Promise<string> {
	const acs = attribute(text, 'Destination') ?? 'none';
	const entityId = /<(?:\w+:)?Audience>([^<]*)</.exec(text)?.[1]?.trim() ?? 'none';
	const now = Date.parse(attribute(text, 'IssueInstant') ?? '') || 0;
	try {
		await checkResponse(Buffer.from(text, 'utf8').toString('base64'), {
			us: { acs, entityId, logout: 'none' },
			idp: {
				entityId: issuerIn(text),
				certificates: [certificateIn(text) ?? key.certificate],
				signIn: { binding: 'redirect', url: 'https://idp.example/' },
				signOut: null,
				validUntil: null,
			},
			signing: key,
			decrypting: [key],
			request: { id: attribute(text, 'InResponseTo') ?? 'none', at: now },
			signed: 'assertion',
			encrypted: 'allowed',
			again: false,
			now,
		});
		return 'taken';
	} catch (error) {
		if (error instanceof Refusal) return error.code;
		throw error;
	}
}

function verdictOf(read: () => string): string {
	try {
		return read();
	} catch (error) {
		if (error instanceof Refusal) return error.code;
		throw error;
	}
}
