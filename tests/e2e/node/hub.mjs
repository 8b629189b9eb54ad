// Scenarios for the npm client; test_node.py runs them: node hub.mjs SCENARIO TYPE NAME.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as hub from "@huggingface/hub";

const hubUrl = process.env.HF_ENDPOINT;
const accessToken = process.env.GRANARY_TOKEN;
const strangerToken = process.env.GRANARY_STRANGER_TOKEN;
const [scenario, type, name] = process.argv.slice(2);
const repo = { type, name };
const useXet = process.env.GRANARY_USE_XET === "yes";
const as = { repo, hubUrl, accessToken };
const stranger = { repo, hubUrl, accessToken: strangerToken };

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const bytesOf = async (blob) => Buffer.from(await blob.arrayBuffer());
const collect = async (iterable) => {
  const items = [];
  for await (const item of iterable) items.push(item);
  return items;
};
const sdk = type === "space" ? { sdk: "static" } : {};
const create = () => hub.createRepo({ ...as, ...sdk });
const upload = (files, more = {}) => hub.uploadFiles({
  ...as, useXet, files: Object.entries(files).map(
    ([path, content]) => ({ path, content: new Blob([content]) })), ...more });
const download = async (path, more = {}) =>
  bytesOf(await hub.downloadFile({ ...as, path, ...more }));

const scenarios = {
  async roundTrip() {
    const created = await create();
    assert.equal(created.repoUrl, `${hubUrl}/${type === "model" ? "" : `${type}s/`}${name}`);
    const files = {
      "config.json": "{}", "nested/deep/a b.txt": "odd", "ünï/код.txt": "unicode",
      "empty.txt": "",
      "weights.bin": randomBytes(12_000_000), "tiny.bin": "seven b",
    };
    const commit = await upload(files, { commitTitle: "from node" });
    assert.match(commit.commit.oid, /^[0-9a-f]{40}$/);
    const listed = await collect(hub.listFiles({ ...as, recursive: true }));
    const found = new Map(listed.filter((entry) => entry.type === "file").map((e) => [e.path, e]));
    for (const [path, content] of Object.entries(files)) {
      assert.equal(found.get(path)?.size, Buffer.from(content).length, path);
      if (content.length) assert.deepEqual(await download(path), Buffer.from(content), path);
    }
    assert.equal(found.get("weights.bin").lfs.oid, sha256(files["weights.bin"]));
    const info = await hub.fileDownloadInfo({ ...as, path: "weights.bin" });
    assert.equal(info.size, 12_000_000);
    assert.equal(info.etag, `"${sha256(files["weights.bin"])}"`);
    const part = (await hub.downloadFile({ ...as, path: "weights.bin" })).slice(1000, 2000);
    assert.deepEqual(await bytesOf(part), files["weights.bin"].subarray(1000, 2000));
    const pointer = (await download("weights.bin", { raw: true })).toString();
    assert.ok(pointer.startsWith("version https://git-lfs.github.com/spec/v1\n"));
  },

  // A file of the caller's, up and down.
  async file() {
    await create();
    const content = await readFile(process.env.GRANARY_FILE);
    await upload({ "model.bin": content });
    assert.deepEqual(await download("model.bin"), content);
  },

  async history() {
    await create();
    for (const n of [1, 2, 3]) {
      await upload({ [`${n}.txt`]: `${n}` }, { commitTitle: `number ${n}` });
    }
    assert.equal(await hub.countCommits(as), 4);
    const commits = await collect(hub.listCommits({ ...as, batchSize: 2 }));
    assert.deepEqual(commits.map((commit) => commit.title),
      ["number 3", "number 2", "number 1", "initial commit"]);
    await hub.deleteFile({ ...as, path: "1.txt" });
    await hub.deleteFiles({ ...as, paths: ["2.txt"] });
    assert.equal(await hub.fileExists({ ...as, path: "1.txt" }), false);
    assert.equal(await hub.fileExists({ ...as, path: "3.txt" }), true);
    const old = commits.find((commit) => commit.title === "number 2").oid;
    assert.equal((await download("2.txt", { revision: old })).toString(), "2");
  },

  async branches() {
    await create();
    await hub.createBranch({ ...as, branch: "side-one" });
    await upload({ "a.txt": "side" }, { branch: "side-one" });
    assert.equal((await download("a.txt", { revision: "side-one" })).toString(), "side");
    const side = await collect(hub.listFiles({ ...as, revision: "side-one" }));
    assert.ok(side.some((entry) => entry.path === "a.txt"));
    assert.equal(await hub.downloadFile({ ...as, path: "a.txt" }), null);
    await assert.rejects(hub.createBranch({ ...as, branch: "side-one" }));
    await hub.createBranch({ ...as, branch: "side-one", overwrite: true });
    await hub.deleteBranch({ ...as, branch: "side-one" });
    await assert.rejects(collect(hub.listFiles({ ...as, revision: "side-one" })));
  },

  async info() {
    await create();
    await upload({ "README.md": "---\nlicense: mit\n---\n# T\n", "d/w.bin": randomBytes(5000) });
    const read = { model: hub.modelInfo, dataset: hub.datasetInfo, space: hub.spaceInfo }[type];
    const additionalFields = ["author", "sha", "tags"];
    const info = await read({ name, hubUrl, accessToken, additionalFields });
    assert.equal(info.name, name);
    assert.equal(info.author, name.split("/")[0]);
    assert.ok(info.tags.includes("license:mit"));
    const paths = await hub.pathsInfo({ ...as, paths: ["d/w.bin", "missing"], expand: true });
    assert.equal(paths.length, 1);
    assert.equal(paths[0].lastCommit.id, info.sha);
    const list = { model: hub.listModels, dataset: hub.listDatasets, space: hub.listSpaces }[type];
    const search = { query: name.split("/")[1] };
    const listed = await collect(list({ search, hubUrl, accessToken }));
    assert.deepEqual(listed.map((item) => item.name), [name]);
    const who = await hub.whoAmI({ hubUrl, accessToken });
    assert.equal(who.name, name.split("/")[0]);
  },

  async privacy() {
    await hub.createRepo({ ...as, ...sdk, visibility: "private" });
    await upload({ "a.txt": "mine" });
    await hub.checkRepoAccess(as);
    await assert.rejects(hub.checkRepoAccess(stranger), (error) => error.statusCode === 404);
    assert.equal(await hub.repoExists(stranger), false);
    await assert.rejects(hub.downloadFile({ ...stranger, path: "a.txt" }));
    await assert.rejects(upload({ "b.txt": "x" }, { accessToken: strangerToken }));
    await hub.deleteRepo(as);
    assert.equal(await hub.repoExists(as), false);
  },

  async cache() {
    await create();
    const weights = randomBytes(300_000);
    await upload({ "w.bin": weights, "d/a.txt": "a" });
    const cacheDir = await mkdtemp(join(tmpdir(), "hub-cache-"));
    const file = await hub.downloadFileToCacheDir({ ...as, path: "w.bin", cacheDir });
    assert.deepEqual(await readFile(file), weights);
    const folder = await hub.snapshotDownload({ ...as, cacheDir });
    assert.equal((await readFile(join(folder, "d/a.txt"))).toString(), "a");
  },
};

await scenarios[scenario]();
