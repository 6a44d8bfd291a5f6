/** English words of the shell and the map. */
export default {
  title: "clearbay",
};
