import { createHash } from 'node:crypto';
import type { DebianBase } from './debian.ts';
import type { Module } from './modules.ts';
import { isOurs } from './tree.ts';

/** A part of the image, in the words of CycloneDX 1.6. */
export interface Component {
	readonly type: 'application' | 'library' | 'operating-system';
	readonly 'bom-ref': string;
	readonly name: string;
	readonly version: string;
	readonly purl?: string;
	readonly licenses?: readonly object[];
	readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
	/** `understory:path`: where it is in the image, once for each place. */
	readonly properties?: readonly { readonly name: string; readonly value: string }[];
	/** What its makers built into it. */
	readonly components?: readonly Component[];
}

/** A bill of materials. */
export interface Sbom {
	readonly bomFormat: 'CycloneDX';
	readonly specVersion: '1.6';
	readonly serialNumber: string;
	readonly version: 1;
	readonly metadata: { readonly timestamp: string; readonly component: Component };
	readonly components: readonly Component[];
	readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/** A program that came as a whole, and what its makers built into it, by name and version. */
export interface Program {
	readonly name: string;
	readonly version: string;
	readonly purl: string;
	readonly license: string;
	/** Where it is in the image. */
	readonly paths: readonly string[];
	/** Of the file. */
	readonly sha256: string;
	readonly holds: readonly Component[];
}

export interface SbomParts {
	readonly version: string;
	readonly created: Date;
	readonly base: DebianBase;
	readonly modules: readonly Module[];
	readonly programs: readonly Program[];
	/** What modules brought in their turn, by place. */
	readonly held: ReadonlyMap<string, readonly Component[]>;
}

/** The bill of materials of the image: everything in it that somebody made, where it lies, and what needs what. The same parts, the same text. */
export function sbomOf(parts: SbomParts): Sbom {
	const self: Component = {
		type: 'application',
		'bom-ref': 'understory',
		name: 'understory',
		version: parts.version,
		licenses: said('AGPL-3.0-or-later'),
	};
	const components = [
		...parts.base.packages.map((one) => debianComponent(one, parts.base)),
		...parts.programs.map(programComponent),
		...parts.modules.map((one) => moduleComponent(one, parts.held.get(one.place))),
	];
	const content = { metadata: { timestamp: parts.created.toISOString(), component: self }, components };
	return {
		bomFormat: 'CycloneDX',
		specVersion: '1.6',
		serialNumber: `urn:uuid:${uuidOf(JSON.stringify(content))}`,
		version: 1,
		...content,
		dependencies: [
			{
				ref: self['bom-ref'],
				dependsOn: components.map((one) => one['bom-ref']).filter((ref) => !ref.startsWith('node_modules/')),
			},
			...parts.modules.map(({ place, needs }) => ({ ref: place, dependsOn: needs })),
		],
	};
}

/** Something that was built into a part, and of which nothing is known but name and version. */
export function heldComponent(by: string, name: string, version: string, purl?: string): Component {
	return { type: 'library', 'bom-ref': `${by}#${name}`, name, version, ...(purl ? { purl } : {}) };
}

function debianComponent(
	{ name, version, sha256, license }: DebianBase['packages'][number],
	{ release }: DebianBase,
): Component {
	return {
		type: 'library',
		'bom-ref': `debian/${name}`,
		name,
		version,
		purl: `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?distro=debian-${release}`,
		licenses: said(license),
		hashes: [{ alg: 'SHA-256', content: sha256 }],
		properties: at([`var/lib/dpkg/status.d/${name}`]),
	};
}

function programComponent({ name, version, purl, license, paths, sha256, holds }: Program): Component {
	return {
		type: 'application',
		'bom-ref': `program/${name}`,
		name,
		version,
		purl,
		licenses: said(license),
		hashes: [{ alg: 'SHA-256', content: sha256 }],
		properties: at(paths),
		components: holds,
	};
}

function moduleComponent(module: Module, held: readonly Component[] | undefined): Component {
	const { place, name, version, license, integrity } = module;
	const [alg, digest] = integrity?.split('-', 2) ?? [];
	return {
		type: 'library',
		'bom-ref': place,
		name,
		version,
		purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
		...(license ? { licenses: said(license) } : {}),
		...(alg === 'sha512'
			? { hashes: [{ alg: 'SHA-512', content: Buffer.from(digest!, 'base64').toString('hex') }] }
			: {}),
		properties: at(isOurs(module) ? [`app/${place}`, `app/node_modules/${name}`] : [`app/${place}`]),
		...(held ? { components: held } : {}),
	};
}

/** An identifier of SPDX, or an expression of several. */
function said(license: string): readonly object[] {
	return /[ ()]/.test(license) ? [{ expression: license }] : [{ license: { id: license } }];
}

function at(paths: readonly string[]): readonly { name: string; value: string }[] {
	return paths.map((value) => ({ name: 'understory:path', value }));
}

/** A UUID of version 8 (RFC 9562): made of what it names, so that it is the same each time. */
function uuidOf(text: string): string {
	const bytes = createHash('sha256').update(text).digest().subarray(0, 16);
	bytes[6] = (bytes[6]! & 0x0f) | 0x80;
	bytes[8] = (bytes[8]! & 0x3f) | 0x80;
	return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
