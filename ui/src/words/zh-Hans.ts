import type { MapWords } from "./index";

export default {
  title: "清湾",
} satisfies MapWords;
