import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';

/** What an image is run with (OCI image specification 1.1, image configuration, property `config`). */
export interface ImageConfig {
	readonly Entrypoint: readonly string[];
	readonly Cmd?: readonly string[];
	readonly User: string;
	readonly Env?: readonly string[];
	readonly WorkingDir?: string;
	readonly StopSignal?: string;
	readonly Labels?: Readonly<Record<string, string>>;
	readonly Volumes?: Readonly<Record<string, object>>;
}

/** An image that is to be written. */
export interface ImageParts {
	/** As `repository:tag`. */
	readonly name: string;
	/** A folder for each layer, the lowest first. Modes of files come from there. */
	readonly layers: readonly string[];
	readonly config: ImageConfig;
	readonly file: string;
	readonly architecture: 'amd64' | 'arm64';
	/** When it was made; without it 1970. The times of files are 1970 always, so that a layer that is the same stays the same. */
	readonly created?: Date;
	/** The folders that belong to this user instead of to root, as `/data`. */
	readonly owned?: { readonly user: number; readonly folders: readonly string[] };
	/** Where compressed layers are kept, by what is in them. */
	readonly cache?: string;
}

const MEDIA = 'application/vnd.oci.image';

/**
 * Writes folders as an image into an OCI archive, with no container engine, and returns the digest of its manifest. The same files give the
 * same bytes: owners, order and times are always the same, and so is what zstd makes of them, so anybody can make the image again and
 * compare. Needs GNU tar.
 */
export function writeArchive(image: ImageParts): string {
	mkdirSync(dirname(image.file), { recursive: true });
	const work = mkdtempSync(`${image.file}.`);
	try {
		const blobs = join(work, 'layout', 'blobs', 'sha256');
		mkdirSync(blobs, { recursive: true });
		const keep = (mediaType: string, bytes: Buffer) => {
			const digest = sha256(bytes);
			writeFileSync(join(blobs, digest), bytes);
			return { mediaType, digest: `sha256:${digest}`, size: bytes.length };
		};
		const keepJson = (mediaType: string, value: object) =>
			keep(mediaType, Buffer.from(JSON.stringify(value)));

		const layers = image.layers.map((folder) => {
			const plain = layerOf(folder, image.owned, join(work, 'layer.tar'));
			const compressed = image.cache ? compressedOnce(plain, image.cache) : compress(plain);
			return { id: `sha256:${sha256(plain)}`, blob: keep(`${MEDIA}.layer.v1.tar+zstd`, compressed) };
		});
		const config = keepJson(`${MEDIA}.config.v1+json`, {
			architecture: image.architecture,
			os: 'linux',
			created: (image.created ?? new Date(0)).toISOString(),
			config: image.config,
			rootfs: { type: 'layers', diff_ids: layers.map(({ id }) => id) },
		});
		const manifest = keepJson(`${MEDIA}.manifest.v1+json`, {
			schemaVersion: 2,
			mediaType: `${MEDIA}.manifest.v1+json`,
			config,
			layers: layers.map(({ blob }) => blob),
			...(image.config.Labels ? { annotations: image.config.Labels } : {}),
		});
		const annotations = {
			// containerd takes the whole name from the first, other tools the tag from the second.
			'io.containerd.image.name': image.name,
			'org.opencontainers.image.ref.name': image.name.slice(image.name.lastIndexOf(':') + 1),
		};
		const write = (name: string, value: object) =>
			writeFileSync(join(work, 'layout', name), JSON.stringify(value));
		write('index.json', { schemaVersion: 2, manifests: [{ ...manifest, annotations }] });
		write('oci-layout', { imageLayoutVersion: '1.0.0' });
		const whole = join(work, 'whole.tar');
		tar('--create', whole, join(work, 'layout'), ['oci-layout', 'index.json', 'blobs']);
		renameSync(whole, image.file);
		return manifest.digest;
	} finally {
		rmSync(work, { recursive: true, force: true });
	}
}

function layerOf(folder: string, owned: ImageParts['owned'], file: string): Buffer {
	const others = (owned?.folders ?? [])
		.map((path) => `.${path}`)
		.filter((path) => existsSync(join(folder, path)));
	tar('--create', file, folder, [...others.map((path) => `--exclude=${path}`), '.']);
	if (others.length > 0) tar('--append', file, folder, others, owned!.user);
	return readFileSync(file);
}

function tar(
	act: '--create' | '--append',
	file: string,
	folder: string,
	what: readonly string[],
	owner = 0,
): void {
	const same = ['--sort=name', `--owner=${owner}`, `--group=${owner}`, '--numeric-owner', '--mtime=@0'];
	const format = ['--format=ustar', '--file', file, '--directory', folder];
	execFileSync('tar', [act, ...format, ...same, ...what], { stdio: 'pipe' });
}

/** zstd and not gzip: the same version of it gives the same bytes on every processor. */
function compress(plain: Buffer): Buffer {
	return zstdCompressSync(plain);
}

function compressedOnce(plain: Buffer, cache: string): Buffer {
	const kept = join(cache, `${sha256(plain)}-${process.versions.zstd}.zst`);
	if (existsSync(kept)) return readFileSync(kept);
	const compressed = compress(plain);
	mkdirSync(cache, { recursive: true });
	const draft = mkdtempSync(join(cache, '.compressing-'));
	writeFileSync(join(draft, 'layer'), compressed);
	renameSync(join(draft, 'layer'), kept);
	rmSync(draft, { recursive: true });
	return compressed;
}

function sha256(bytes: Buffer): string {
	return createHash('sha256').update(bytes).digest('hex');
}
