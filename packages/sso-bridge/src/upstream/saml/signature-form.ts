import { Refusal } from '../refusal.ts';
import { childrenOf, type Element, everyElement, isElement, onlyChild } from '../xml/read-xml.ts';
import { DIGEST_METHODS, DSIG, ENVELOPED, EXCLUSIVE_C14N, SIGNATURE_METHODS } from './names.ts';

/**
 * The signature an element carries, or null when it carries none. One that is there must have the one form we take: a direct child, over
 * exactly its parent and nothing else, by SHA-256 or better, with the two transforms that leave nothing out but the signature itself. The
 * numbers are not checked here. Throws `Refusal`.
 */
export function signatureOf(element: Element): Element | null {
	const found = childrenOf(element, DSIG, 'Signature');
	if (found.length === 0) return null;
	if (found.length > 1) throw new Refusal('saml_signature_form');
	const id = element.attributes.get('ID');
	if (!id) throw new Refusal('saml_signature_form');
	readSignatureForm(found[0]!, [`#${id}`]);
	return found[0]!;
}

/** Refuses a document in which an element of that name stands anywhere else than where one was expected. */
export function expectNoOther(root: Element, names: ReadonlySet<string>, expected: readonly Element[]): void {
	for (const element of everyElement(root)) {
		if (names.has(element.name) && !expected.includes(element)) {
			throw new Refusal(element.name === 'Signature' ? 'saml_signature_form' : 'saml_assertions');
		}
	}
}

/** Ids tell which element a signature means, so no two elements may share one, however the attribute is spelled. */
export function expectUniqueIds(root: Element): void {
	const seen = new Set<string>();
	for (const element of everyElement(root)) {
		for (const [key, value] of element.attributes) {
			if (!/^(?:\{.*\})?id$/i.test(key)) continue;
			if (seen.has(value)) throw new Refusal('saml_ids');
			seen.add(value);
		}
	}
}

/** What a signature says of itself. */
export interface SignatureForm {
	readonly info: Element;
	/** Of the signature and of the digest, by their addresses in XML. */
	readonly method: string;
	readonly digest: string;
	/** Prefixes that its canonical form keeps. */
	readonly kept: readonly string[];
	readonly digestValue: string;
	readonly value: string;
}

/** Reads a signature that has the one form we take, over an element of one of these `uris`. Throws `Refusal`. */
export function readSignatureForm(signature: Element, uris: readonly string[]): SignatureForm {
	const info = onlyChild(signature, DSIG, 'SignedInfo');
	const value = onlyChild(signature, DSIG, 'SignatureValue');
	const rest = signature.children.filter((child) => child !== info && child !== value);
	const onlyKeyInfo = rest.length <= 1 && rest.every((child) => isElement(child, DSIG, 'KeyInfo'));
	if (!info || !value || value.children.length > 0 || !onlyKeyInfo) throw new Refusal('saml_signature_form');

	const canonicalization = onlyChild(info, DSIG, 'CanonicalizationMethod');
	const method = onlyChild(info, DSIG, 'SignatureMethod');
	const reference = onlyChild(info, DSIG, 'Reference');
	if (!canonicalization || !method || !reference || info.children.length !== 3)
		throw new Refusal('saml_signature_form');
	const algorithm = method.attributes.get('Algorithm') ?? '';
	const canonical = canonicalization.attributes.get('Algorithm') === EXCLUSIVE_C14N;
	if (!canonical || canonicalization.children.length > 0) throw new Refusal('saml_algorithm');
	if (!SIGNATURE_METHODS.has(algorithm) || method.children.length > 0) throw new Refusal('saml_algorithm');
	return { info, method: algorithm, value: bare(value.text), ...readReference(reference, uris) };
}

function readReference(reference: Element, uris: readonly string[]) {
	if (!uris.includes(reference.attributes.get('URI') ?? '#')) throw new Refusal('saml_signature_form');
	const transforms = onlyChild(reference, DSIG, 'Transforms');
	const method = onlyChild(reference, DSIG, 'DigestMethod');
	const value = onlyChild(reference, DSIG, 'DigestValue');
	if (!transforms || !method || !value || value.children.length > 0 || reference.children.length !== 3)
		throw new Refusal('saml_signature_form');
	const digest = method.attributes.get('Algorithm') ?? '';
	if (!DIGEST_METHODS.has(digest)) throw new Refusal('saml_algorithm');
	const given = transforms.children.map((transform) =>
		isElement(transform, DSIG, 'Transform') ? transform.attributes.get('Algorithm') : undefined,
	);
	if (given.length !== 2 || given[0] !== ENVELOPED || given[1] !== EXCLUSIVE_C14N)
		throw new Refusal('saml_transform');
	// Prefixes to be kept may be listed for the canonical form; anything else inside a transform would be an instruction of its own.
	const inner = transforms.children.flatMap(({ children }) => children);
	if (!inner.every((one) => isElement(one, EXCLUSIVE_C14N, 'InclusiveNamespaces')))
		throw new Refusal('saml_transform');
	const kept = inner.flatMap(({ attributes }) => (attributes.get('PrefixList') ?? '').split(/\s+/));
	return { digest, digestValue: bare(value.text), kept: kept.filter((prefix) => prefix !== '') };
}

function bare(base64: string): string {
	return base64.replace(/\s/g, '');
}
