import { Refusal } from '../refusal.ts';
import { childrenOf, type Element, isElement, onlyChild } from '../xml/read-xml.ts';
import { BEARER, ENTITY, SAML } from './names.ts';
import { instant, notOver, SKEW_MS, started } from './times.ts';

/** What a signed assertion is held against. Times in UTC milliseconds. */
export interface Awaited {
	readonly acs: string;
	/** Our own entity id. */
	readonly us: string;
	/** The provider's. */
	readonly idp: string;
	readonly request: string;
	readonly askedAt: number;
	/** Must the person have given their password after we asked? */
	readonly again: boolean;
	readonly now: number;
}

/** What an assertion says that was found to be right. Values of attributes live as long as this object and are kept nowhere. */
export interface Said {
	/** By its name on the wire. */
	readonly attributes: ReadonlyMap<string, readonly string[]>;
	readonly nameId: NameId | null;
	readonly sessionIndex: string | null;
	/** The assertion's own id, good for one sign-in. */
	readonly id: string;
	/** When it could not come back any more, since it would be too old (UTC milliseconds). */
	readonly over: number;
}

export interface NameId {
	readonly format: string;
	readonly value: string;
	readonly nameQualifier: string | null;
	readonly spNameQualifier: string | null;
}

/** How old an assertion may be when it arrives. */
const OLDEST_MS = 10 * 60_000;
/** How long ago somebody may have given their password to the provider. */
const LONGEST_SESSION_MS = 12 * 3_600_000;

/**
 * Reads an assertion whose signature was verified, from the signed bytes alone, and checks what the library does not
 * (reference/library-sso.md 4.2): who speaks, to whom, about which question, until when. Throws `Refusal`.
 */
export function readAssertion(assertion: Element, awaited: Awaited): Said {
	const { now } = awaited;
	const id = assertion.attributes.get('ID');
	if (!isElement(assertion, SAML, 'Assertion') || assertion.attributes.get('Version') !== '2.0' || !id)
		throw new Refusal('saml_form');
	const issuer = onlyChild(assertion, SAML, 'Issuer');
	if (!issuer || issuer.text.trim() !== awaited.idp || (issuer.attributes.get('Format') ?? ENTITY) !== ENTITY)
		throw new Refusal('saml_issuer');
	const issued = instant(assertion.attributes.get('IssueInstant'));
	if (issued === null || issued > now + SKEW_MS || issued < now - OLDEST_MS - SKEW_MS)
		throw new Refusal('saml_time');
	const subject = onlyChild(assertion, SAML, 'Subject');
	if (!subject) throw new Refusal('saml_subject');
	checkConfirmations(subject, awaited);
	checkConditions(assertion, awaited);
	return {
		attributes: attributesIn(assertion),
		nameId: nameIdIn(subject),
		sessionIndex: checkAuthentication(assertion, awaited),
		id,
		over: issued + OLDEST_MS + 2 * SKEW_MS,
	};
}

/** Every bearer confirmation has to be for us, for this question and not over; at least one has to be there. */
function checkConfirmations(subject: Element, { acs, request, now }: Awaited): void {
	const bearers = childrenOf(subject, SAML, 'SubjectConfirmation').filter(
		(one) => one.attributes.get('Method') === BEARER,
	);
	if (bearers.length === 0) throw new Refusal('saml_subject');
	for (const bearer of bearers) {
		const data = onlyChild(bearer, SAML, 'SubjectConfirmationData');
		if (!data) throw new Refusal('saml_subject');
		if (data.attributes.get('Recipient') !== acs) throw new Refusal('saml_recipient');
		if (data.attributes.get('InResponseTo') !== request) throw new Refusal('saml_in_response_to');
		if (!notOver(instant(data.attributes.get('NotOnOrAfter')), now)) throw new Refusal('saml_time');
		if (!started(data.attributes.get('NotBefore'), now)) throw new Refusal('saml_time');
	}
}

const KNOWN_CONDITIONS = new Set(['AudienceRestriction', 'OneTimeUse', 'ProxyRestriction']);

/** A condition that we do not understand is one we cannot keep (SAML core 2.5.1). */
function checkConditions(assertion: Element, { us, now }: Awaited): void {
	const conditions = onlyChild(assertion, SAML, 'Conditions');
	if (!conditions) throw new Refusal('saml_condition');
	if (!conditions.children.every(({ space, name }) => space === SAML && KNOWN_CONDITIONS.has(name)))
		throw new Refusal('saml_condition');
	const restrictions = childrenOf(conditions, SAML, 'AudienceRestriction');
	const meant = restrictions.every((one) =>
		childrenOf(one, SAML, 'Audience').some(({ text }) => text.trim() === us),
	);
	if (restrictions.length === 0 || !meant) throw new Refusal('saml_audience');
	if (!started(conditions.attributes.get('NotBefore'), now)) throw new Refusal('saml_time');
	const end = conditions.attributes.get('NotOnOrAfter');
	if (end !== undefined && !notOver(instant(end), now)) throw new Refusal('saml_time');
}

/** Somebody was really asked who they are, and not too long ago. Returns the provider's name for that session. */
function checkAuthentication(assertion: Element, { again, askedAt, now }: Awaited): string | null {
	const statements = childrenOf(assertion, SAML, 'AuthnStatement');
	if (statements.length === 0) throw new Refusal('saml_authn_instant');
	for (const { attributes } of statements) {
		const at = instant(attributes.get('AuthnInstant'));
		const earliest = again ? askedAt : now - LONGEST_SESSION_MS;
		if (at === null || at > now + SKEW_MS || at < earliest - SKEW_MS) throw new Refusal('saml_authn_instant');
		const end = attributes.get('SessionNotOnOrAfter');
		if (end !== undefined && !notOver(instant(end), now)) throw new Refusal('saml_time');
	}
	return statements[0]!.attributes.get('SessionIndex') ?? null;
}

function attributesIn(assertion: Element): Map<string, string[]> {
	const found = new Map<string, string[]>();
	for (const statement of childrenOf(assertion, SAML, 'AttributeStatement')) {
		for (const attribute of childrenOf(statement, SAML, 'Attribute')) {
			const name = attribute.attributes.get('Name');
			if (!name) throw new Refusal('saml_form');
			const values = childrenOf(attribute, SAML, 'AttributeValue').filter(
				({ children }) => children.length === 0,
			);
			found.set(name, [...(found.get(name) ?? []), ...values.map(({ text }) => text.trim())]);
		}
	}
	return found;
}

function nameIdIn(subject: Element): NameId | null {
	const found = childrenOf(subject, SAML, 'NameID');
	if (found.length > 1 || found[0]?.children.length) throw new Refusal('saml_subject');
	const [nameId] = found;
	if (!nameId || nameId.text.trim() === '') return null;
	return {
		format: nameId.attributes.get('Format') ?? '',
		value: nameId.text.trim(),
		nameQualifier: nameId.attributes.get('NameQualifier') ?? null,
		spNameQualifier: nameId.attributes.get('SPNameQualifier') ?? null,
	};
}
