/**
 * Two changes to the binding's own source before it is compiled.
 *
 * 1. An op's string attributes are handed over one at a time; the fused convolutions need a list (`fused_ops`).
 * 2. A tensor made from a typed array shares the array's memory where it happens to be aligned, and the reference to the
 *    array is given back wherever TensorFlow lets go of the tensor last: in its worker threads, too, where no N-API call
 *    is allowed. Now the values are copied.
 */
const stringAttribute = `    case TF_ATTR_STRING: {
`;

const stringListAttribute = `${stringAttribute}      if (IsArray(env, nstatus, &js_value)) {
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

const reference = `  NapiAutoRef *auto_ref = new NapiAutoRef();
  nstatus = auto_ref->Init(env, array_value);
  if (nstatus != napi_ok) {
    delete auto_ref;
  }
  ENSURE_NAPI_OK_RETVAL(env, nstatus, nullptr);
`;

const shared = `  TF_AutoTensor tensor(TF_NewTensor(dtype, shape, shape_length, array_data,
                                    byte_size, DeallocTensor, auto_ref));
`;

const copied = `  TF_AutoTensor tensor(TF_AllocateTensor(dtype, shape, shape_length, byte_size));
  memcpy(TF_TensorData(tensor.tensor), array_data, byte_size);
`;

const changes = [
  [stringAttribute, stringListAttribute],
  [reference, ''],
  [shared, copied],
  [`    delete auto_ref;\n    TFE_DeleteTensorHandle(`, '    TFE_DeleteTensorHandle('],
];

/** @param {string} source text of binding/tfjs_backend.cc @returns {string} the text to compile */
export function patchBinding(source) {
  let patched = source;
  for (const [from, to] of changes) {
    const parts = patched.split(from);
    if (parts.length !== 2) {
      throw new Error('tfjs_backend.cc is not the one of @tensorflow/tfjs-node-gpu 4.22.0: pin that version again');
    }
    patched = parts.join(to);
  }
  return `#include <cstring>\n#include <string>\n#include <vector>\n${patched}`;
}
