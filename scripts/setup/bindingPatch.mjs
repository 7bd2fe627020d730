/**
 * The TensorFlow binding hands an op's string attributes over one at a time; the fused convolutions need a list of
 * strings (`fused_ops`). This adds that case to the package's own source before it is compiled.
 */
const anchor = `    case TF_ATTR_STRING: {
`;

const listCase = `      if (IsArray(env, nstatus, &js_value)) {
        uint32_t length;
        nstatus = napi_get_array_length(env, js_value, &length);
        ENSURE_NAPI_OK(env, nstatus);
        std::vector<std::string> strings(length);
        std::vector<const void *> pointers(length);
        std::vector<size_t> lengths(length);
        for (uint32_t i = 0; i < length; ++i) {
          napi_value element;
          nstatus = napi_get_element(env, js_value, i, &element);
          ENSURE_NAPI_OK(env, nstatus);
          nstatus = GetStringParam(env, element, strings[i]);
          ENSURE_NAPI_OK(env, nstatus);
          pointers[i] = strings[i].c_str();
          lengths[i] = strings[i].size();
        }
        TFE_OpSetAttrStringList(tfe_op, attr_name, pointers.data(), lengths.data(), static_cast<int>(length));
        break;
      }
`;

/** @param {string} source text of binding/tfjs_backend.cc @returns {string} the text to compile */
export function patchBinding(source) {
  const at = source.indexOf(anchor);
  if (at < 0 || source.indexOf(anchor, at + 1) >= 0) {
    throw new Error('tfjs_backend.cc is not the one of @tensorflow/tfjs-node-gpu 4.22.0: pin that version again');
  }
  const end = at + anchor.length;
  return `#include <string>\n#include <vector>\n${source.slice(0, end)}${listCase}${source.slice(end)}`;
}
