import type { KeyObject } from 'node:crypto';
import { DOMParser } from '@xmldom/xmldom';
import { SignedXml } from 'xml-crypto';
import { Refusal } from '../refusal.ts';
import { childrenOf, type Element, everyElement, isElement, readXml } from '../xml/read-xml.ts';
import { type IdentityProvider, readIdentityProvider } from './idp-metadata.ts';
import { DSIG, METADATA } from './names.ts';
import { expectUniqueIds, readSignatureForm } from './signature-form.ts';
import { utf8 } from './text.ts';

/**
 * The largest file that is read, in bytes: some thousand providers. The library that checks the signature holds the whole of it and works on it
 * without a pause, about half a second for each million bytes. The largest federations answer for one provider at a time as well.
 */
export const LARGEST_FILE = 2 * 1024 * 1024;
const MOST_ELEMENTS = 100_000;

/**
 * A signed metadata file (SAML metadata 2.3): a whole federation's, or the description of one provider. The signature has to cover all of the
 * file and be by one of the pinned `keys`; what the file says of keys itself is not looked at, and nothing is read but the bytes that were
 * signed. Tells the providers among `wanted` (entity ids) that are in it and can be used. Throws `Refusal`.
 */
export function readMetadataFile(
	bytes: Buffer,
	parts: { readonly wanted: ReadonlySet<string>; readonly keys: readonly KeyObject[] },
): Map<string, IdentityProvider> {
	const signed = readXml(signedPart(utf8(bytes), parts.keys), { maxElements: MOST_ELEMENTS });
	const found = new Map<string, IdentityProvider | null>();
	for (const entity of everyElement(signed)) {
		if (!isElement(entity, METADATA, 'EntityDescriptor')) continue;
		const id = entity.attributes.get('entityID');
		if (id === undefined || !parts.wanted.has(id)) continue;
		// Two entities of one name would leave it to chance which one is believed.
		if (found.has(id)) throw new Refusal('metadata_form');
		found.set(id, usable(entity));
	}
	return new Map([...found].flatMap(([id, provider]) => (provider ? [[id, provider]] : [])));
}

/** Whoever is in a federation need not be an identity provider. */
function usable(entity: Element): IdentityProvider | null {
	try {
		return readIdentityProvider(entity);
	} catch (error) {
		if (error instanceof Refusal) return null;
		throw error;
	}
}

/** The text that was signed, in its canonical form. */
function signedPart(text: string, keys: readonly KeyObject[]): string {
	const root = readXml(text, { comments: 'ignored', maxElements: MOST_ELEMENTS });
	if (root.space !== METADATA || !/^Entit(?:y|ies)Descriptor$/.test(root.name))
		throw new Refusal('metadata_form');
	const signatures = childrenOf(root, DSIG, 'Signature');
	if (signatures.length !== 1) throw new Refusal('metadata_signature');
	expectUniqueIds(root);
	const id = root.attributes.get('ID');
	readSignatureForm(signatures[0]!, ['', ...(id ? [`#${id}`] : [])]);
	for (const key of keys) {
		const signed = checkedBy(text, key);
		if (signed !== null) return signed;
	}
	throw new Refusal('metadata_signature');
}

/** What this key signed, or null where it did not. */
function checkedBy(text: string, key: KeyObject): string | null {
	const { documentElement } = new DOMParser().parseFromString(text, 'text/xml');
	const signature = Array.from(documentElement.getElementsByTagNameNS(DSIG, 'Signature')).find(
		({ parentNode }) => parentNode === documentElement,
	);
	const checker = new SignedXml({
		publicCert: key.export({ format: 'pem', type: 'spki' }),
		getCertFromKeyInfo: () => null,
	});
	try {
		checker.loadSignature(signature!);
		const references = checker.checkSignature(text) ? checker.getSignedReferences() : [];
		return references.length === 1 ? references[0]! : null;
	} catch {
		return null;
	}
}
