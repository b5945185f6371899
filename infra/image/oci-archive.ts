import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

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

const MEDIA = 'application/vnd.oci.image';

/**
 * Writes a folder as an image of one layer into an OCI archive, with no container engine, and returns the digest of its manifest. The same
 * files give the same bytes: owners, order and times (1970) are always the same, so anybody can make the image again and compare.
 * `name` is `repository:tag`. Needs GNU tar; modes of files come from the folder.
 */
export function writeArchive(image: {
	readonly name: string;
	readonly root: string;
	readonly config: ImageConfig;
	readonly file: string;
	readonly architecture: 'amd64' | 'arm64';
}): string {
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

		const layerFile = join(work, 'layer.tar');
		tar(image.root, layerFile, ['.']);
		const plain = readFileSync(layerFile);
		const layer = keep(`${MEDIA}.layer.v1.tar+gzip`, gzipSync(plain, { level: 6 }));
		const config = keepJson(`${MEDIA}.config.v1+json`, {
			architecture: image.architecture,
			os: 'linux',
			created: '1970-01-01T00:00:00Z',
			config: image.config,
			rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(plain)}`] },
		});
		const manifest = keepJson(`${MEDIA}.manifest.v1+json`, {
			schemaVersion: 2,
			mediaType: `${MEDIA}.manifest.v1+json`,
			config,
			layers: [layer],
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
		tar(join(work, 'layout'), image.file, ['oci-layout', 'index.json', 'blobs']);
		return manifest.digest;
	} finally {
		rmSync(work, { recursive: true, force: true });
	}
}

function tar(folder: string, file: string, what: readonly string[]): void {
	const same = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mtime=@0', '--format=ustar'];
	execFileSync('tar', ['--create', '--file', file, '--directory', folder, ...same, ...what]);
}

function sha256(bytes: Buffer): string {
	return createHash('sha256').update(bytes).digest('hex');
}
