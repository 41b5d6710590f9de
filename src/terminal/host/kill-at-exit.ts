import { killTree, type Tree } from "../../agents/process/tree.ts";

const trees = new Set<Tree>();

/** Ends a tree with the bridge, should that end without waiting. @returns what takes it back. */
export function killAtExit(tree: Tree): () => void {
  if (trees.size === 0) process.on("exit", killAll);
  trees.add(tree);
  return () => {
    trees.delete(tree);
    if (trees.size === 0) process.off("exit", killAll);
  };
}

function killAll(): void {
  for (const tree of trees) killTree(tree);
}
