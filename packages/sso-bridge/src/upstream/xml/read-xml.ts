import { type SaxesAttributeNS, SaxesParser } from 'saxes';
import { Refusal } from '../refusal.ts';

/** One element of a document, as XML with namespaces defines it. */
export interface Element {
	/** Local name. */
	readonly name: string;
	/** Address of its namespace; empty for none. */
	readonly space: string;
	/** By local name, or `{namespace}name` for those that have a prefix. Declarations of namespaces are not among them. */
	readonly attributes: ReadonlyMap<string, string>;
	readonly children: readonly Element[];
	/** The text that stands directly in it. */
	readonly text: string;
	readonly parent: Element | null;
}

interface Growing extends Element {
	readonly children: Growing[];
	text: string;
}

const XMLNS = 'http://www.w3.org/2000/xmlns/';

/** No SAML message nests deeper. */
const DEEPEST = 60;
const MOST_ELEMENTS = 10_000;

/**
 * Reads a document strictly: well-formed XML 1.0 with namespaces, and none of what two parsers could read differently or what makes one work
 * for nothing (document types, entities, processing instructions, CDATA, and comments, unless they may be `ignored`). Throws `Refusal`.
 */
export function readXml(
	text: string,
	{
		comments = 'refused',
		maxElements = MOST_ELEMENTS,
	}: { readonly comments?: 'refused' | 'ignored'; readonly maxElements?: number } = {},
): Element {
	let root: Growing | null = null;
	let open: Growing | null = null;
	let depth = 0;
	let count = 0;
	const parser = new SaxesParser({ xmlns: true });
	forbidOddities(parser);
	if (comments === 'refused') {
		parser.on('comment', () => {
			throw new Refusal('xml_comment');
		});
	}
	parser.on('opentag', (tag) => {
		if (++depth > DEEPEST || ++count > maxElements) throw new Refusal('xml_size');
		const element: Growing = {
			name: tag.local,
			space: tag.uri,
			attributes: attributesOf(Object.values(tag.attributes)),
			children: [],
			text: '',
			parent: open,
		};
		if (open) open.children.push(element);
		else root = element;
		open = element;
	});
	parser.on('closetag', () => {
		depth--;
		open = open?.parent as Growing | null;
	});
	parser.on('text', (part) => {
		if (open) open.text += part;
	});
	parser.write(text).close();
	if (!root) throw new Refusal('xml_form');
	return root;
}

/** Makes a parser refuse what no message of this kind has any use for. */
function forbidOddities(parser: SaxesParser<{ xmlns: true }>): void {
	const refuse = (code: 'xml_doctype' | 'xml_instruction' | 'xml_cdata') => () => {
		throw new Refusal(code);
	};
	parser.on('error', (cause) => {
		throw new Refusal('xml_form', cause);
	});
	parser.on('doctype', refuse('xml_doctype'));
	parser.on('processinginstruction', refuse('xml_instruction'));
	parser.on('cdata', refuse('xml_cdata'));
	parser.on('xmldecl', ({ version, encoding }) => {
		if (version !== '1.0') throw new Refusal('xml_form');
		if (encoding !== undefined && encoding.toLowerCase() !== 'utf-8') throw new Refusal('xml_encoding');
	});
}

function attributesOf(attributes: readonly SaxesAttributeNS[]): Map<string, string> {
	return new Map(
		attributes
			.filter(({ uri }) => uri !== XMLNS)
			.map(({ local, uri, value }) => [uri === '' ? local : `{${uri}}${local}`, value]),
	);
}

/** Is it this element of this namespace? */
export function isElement(element: Element, space: string, name: string): boolean {
	return element.name === name && element.space === space;
}

/** The children of that name and namespace. */
export function childrenOf(element: Element, space: string, name: string): Element[] {
	return element.children.filter((child) => isElement(child, space, name));
}

/** The one child of that name; undefined when there is none or there are several. */
export function onlyChild(element: Element, space: string, name: string): Element | undefined {
	const found = childrenOf(element, space, name);
	return found.length === 1 ? found[0] : undefined;
}

/** An element and everything in it, in the order of the document. */
export function* everyElement(element: Element): Generator<Element> {
	yield element;
	for (const child of element.children) yield* everyElement(child);
}
