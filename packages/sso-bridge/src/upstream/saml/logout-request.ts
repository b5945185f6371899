import { Refusal } from '../refusal.ts';
import { childrenOf, type Element, isElement, onlyChild, readXml } from '../xml/read-xml.ts';
import { SAML, SAMLP } from './names.ts';
import { expectNoOther, expectUniqueIds, signatureOf } from './signature-form.ts';
import { instant, notOver, SKEW_MS } from './times.ts';

/** A provider's word that somebody signed out there. */
export interface LogoutRequest {
	readonly id: string;
	readonly issuer: string;
	readonly name: string;
	/** Empty: every session of theirs. */
	readonly sessions: readonly string[];
	/** Whether it carries a signature of its own; one that came in an address carries it beside. */
	readonly signed: boolean;
}

/** How old one may be when it arrives, in milliseconds. */
export const LOGOUT_OLDEST_MS = 10 * 60_000;

/** Reads a logout request (SAML core 3.7.1) that is for us and fresh. Its signature is not checked here. Throws `Refusal`. */
export function readLogoutRequest(
	xml: string,
	about: { readonly logout: string; readonly now: number },
): LogoutRequest {
	const request = readXml(xml);
	const id = request.attributes.get('ID');
	if (!isElement(request, SAMLP, 'LogoutRequest') || request.attributes.get('Version') !== '2.0' || !id)
		throw new Refusal('saml_form');
	if (request.attributes.get('Destination') !== about.logout) throw new Refusal('saml_destination');
	const issued = instant(request.attributes.get('IssueInstant'));
	const { now } = about;
	if (issued === null || issued > now + SKEW_MS || issued < now - LOGOUT_OLDEST_MS - SKEW_MS)
		throw new Refusal('saml_time');
	const end = request.attributes.get('NotOnOrAfter');
	if (end !== undefined && !notOver(instant(end), now)) throw new Refusal('saml_time');
	expectUniqueIds(request);
	const signature = signatureOf(request);
	expectNoOther(
		request,
		new Set(['Signature', 'LogoutRequest']),
		signature ? [request, signature] : [request],
	);
	return {
		id,
		issuer: onlyText(request, SAML, 'Issuer'),
		name: onlyText(request, SAML, 'NameID'),
		sessions: childrenOf(request, SAMLP, 'SessionIndex').map(({ text }) => text.trim()),
		signed: signature !== null,
	};
}

function onlyText(parent: Element, space: string, name: string): string {
	const found = onlyChild(parent, space, name);
	if (!found || found.children.length > 0 || found.text.trim() === '') throw new Refusal('saml_form');
	return found.text.trim();
}
