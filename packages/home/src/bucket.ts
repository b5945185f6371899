import { createHash } from 'node:crypto';
import type { CopiesAway } from '@understory/config/copies-away.ts';
import type { Outgoing } from '@understory/outgoing/outgoing.ts';
import { AwsV4Signer } from 'aws4fetch';
import { readCredentials } from './away/credentials.ts';
import { awayFault, faultFrom, faultOf } from './away/fault.ts';

/** Milliseconds for one request; some megabytes are in it, and lines of libraries are not fast. */
const PATIENCE = 180_000;
const MOST_LISTED = 4 * 1024 * 1024;
const NOTHING = createHash('sha256').digest('hex');

/** One object. */
export interface Listed {
	/** Below the place of this home. */
	readonly key: string;
	readonly bytes: number;
	/** What the storage calls this content; another one is another content, or the same brought anew. */
	readonly etag: string;
}

/** The place of one home in an object storage. Everything rejects with `AwayFault`. */
export interface Bucket {
	/** `s3://bucket/folder?endpoint=…`, for people. */
	readonly where: string;
	/** Whose computers these are, as far as an address says it. */
	readonly host: string;
	/** The storage holds the bytes against their digest (hex) before it takes them. Returns what it calls them. */
	put(key: string, body: Buffer, sha256: string, signal?: AbortSignal): Promise<string>;
	/** Null where there is none. */
	get(key: string, mostBytes: number, signal?: AbortSignal): Promise<Buffer | null>;
	/** Everything whose key begins so. */
	list(prefix: string, signal?: AbortSignal): Promise<Listed[]>;
	/** One that is not there is no fault. */
	remove(key: string, signal?: AbortSignal): Promise<void>;
}

/**
 * A bucket by S3's API, its name in the path, each request signed by AWS Signature Version 4. `now` is the real time in UTC milliseconds: the storage
 * refuses a signature of another hour.
 */
export function bucketOf(
	place: CopiesAway,
	home: string,
	{ outgoing, now }: { readonly outgoing: Pick<Outgoing, 'request'>; readonly now: () => number },
): Bucket {
	const root = [place.path, home].filter(Boolean).join('/');

	async function ask(
		method: 'GET' | 'PUT' | 'DELETE',
		path: string,
		{ body, sha256 = NOTHING, maxBytes = 65_536, signal }: Asked = {},
	) {
		const signed = await new AwsV4Signer({
			...{ method, url: `${place.endpoint}/${place.bucket}${path}`, service: 's3', region: place.region },
			...readCredentials(place.credentials),
			headers: { 'x-amz-content-sha256': sha256 },
			datetime: new Date(now()).toISOString().replace(/[:-]|\.\d{3}/g, ''),
		}).sign();
		const { href: url } = signed.url;
		const headers = Object.fromEntries(signed.headers);
		try {
			return await outgoing.request({
				...{ url, method, headers, maxBytes, timeoutMs: PATIENCE, redirects: 0 },
				...(body ? { body } : {}),
				...(signal ? { signal } : {}),
			});
		} catch (cause) {
			throw faultFrom(cause);
		}
	}

	const pathOf = (key: string) => `/${root}/${key}`;
	return {
		where: place.where,
		host: new URL(place.endpoint).hostname,
		async put(key, body, sha256, signal) {
			const answer = await ask('PUT', pathOf(key), { body, sha256, signal });
			if (answer.status !== 200) throw faultOf(answer.status, answer.body);
			return etagIn(answer.headers.etag ?? '');
		},
		async get(key, maxBytes, signal) {
			const answer = await ask('GET', pathOf(key), { maxBytes, signal });
			if (answer.status === 200) return answer.body;
			const fault = faultOf(answer.status, answer.body);
			if (fault.code === 'away_missing') return null;
			throw fault;
		},
		async list(prefix, signal) {
			const found: Listed[] = [];
			for (let token: string | null = null; ; ) {
				const asked: Record<string, string> = { 'list-type': '2', prefix: `${root}/${prefix}` };
				if (token !== null) asked['continuation-token'] = token;
				const answer = await ask('GET', `?${new URLSearchParams(asked)}`, { maxBytes: MOST_LISTED, signal });
				if (answer.status !== 200) throw faultOf(answer.status, answer.body);
				const text = answer.body.toString('utf8');
				if (!text.includes('ListBucketResult')) throw awayFault('away_broken', { detail: 'no list' });
				for (const { key, ...more } of listedIn(text))
					if (key.startsWith(`${root}/`)) found.push({ key: key.slice(root.length + 1), ...more });
				token = /<IsTruncated>true<\/IsTruncated>/.test(text) ? valueIn(text, 'NextContinuationToken') : null;
				if (token === null) return found;
			}
		},
		async remove(key, signal) {
			const answer = await ask('DELETE', pathOf(key), { signal });
			if (answer.status === 204 || answer.status === 200) return;
			const fault = faultOf(answer.status, answer.body);
			if (fault.code !== 'away_missing') throw fault;
		},
	};
}

interface Asked {
	readonly body?: Buffer;
	readonly sha256?: string;
	readonly maxBytes?: number;
	readonly signal?: AbortSignal | undefined;
}

/** The objects in a list (ListObjectsV2). Our own keys need no escapes, so one that has any is a stranger's. */
function listedIn(text: string): Listed[] {
	return [...text.matchAll(/<Contents>(.*?)<\/Contents>/gs)].flatMap(([, one = '']) => {
		const key = valueIn(one, 'Key');
		const bytes = Number(valueIn(one, 'Size') ?? Number.NaN);
		if (key === null || !Number.isSafeInteger(bytes)) return [];
		return [{ key, bytes, etag: etagIn(valueIn(one, 'ETag') ?? '') }];
	});
}

function valueIn(text: string, name: string): string | null {
	return new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? null;
}

/** Without its quotation marks, however they are written. */
function etagIn(text: string): string {
	return text.replace(/&quot;|&#34;|"/g, '');
}
