/* Symbols and graphs. */
#include "client.h"

static const char *s_arguments[] = {"data", "fc_weight", "fc_bias"};

SymbolHandle layer(void)
{
    SymbolHandle data = NULL, fc = NULL;
    const char *keys[] = {"num_hidden"}, *vals[] = {"2"}, *inputs[] = {"data"};
    OK(MXSymbolCreateVariable, "data", &data);
    OK(MXSymbolCreateAtomicSymbol, op_named("FullyConnected"), 1, keys, vals, &fc);
    OK(MXSymbolCompose, fc, "fc", 1, inputs, &data);
    OK(MXSymbolFree, data);
    return fc;
}

static int has_arguments(SymbolHandle symbol)
{
    mx_uint count = 0;
    const char **names = NULL;
    OK(MXSymbolListArguments, symbol, &count, &names);
    return has_texts(names, count, 3, s_arguments);
}

static void test_copies(SymbolHandle fc)
{
    SymbolHandle copy = NULL;
    const char *json = NULL;
    OK(MXSymbolSaveToJSON, fc, &json);
    OK(MXSymbolCreateFromJSON, json, &copy);
    CHECK(has_arguments(copy));
    OK(MXSymbolFree, copy);
    FAILS(MXSymbolCreateFromJSON, "{\"nodes\": [", &copy);
    OK(MXSymbolSaveToFile, fc, path_of("fc.json"));
    OK(MXSymbolCreateFromFile, path_of("fc.json"), &copy);
    CHECK(has_arguments(copy));
    OK(MXSymbolFree, copy);
    OK(MXSymbolCopy, fc, &copy);
    CHECK(has_arguments(copy));
    OK(MXSymbolFree, copy);
    OK(MXShallowCopySymbol, fc, &copy);
    CHECK(has_arguments(copy));
    OK(MXSymbolFree, copy);
    OK(MXSymbolRemoveAmpCast, fc, &copy);
    CHECK(has_arguments(copy));
    OK(MXSymbolFree, copy);
}

static void test_attributes(SymbolHandle fc)
{
    const char *text = NULL, **pairs = NULL;
    int found = -7;
    mx_uint count = 0;
    OK(MXSymbolGetName, fc, &text, &found);
    CHECK(found == 1 && strcmp(text, "fc") == 0);
    OK(MXSymbolSetAttr, fc, "__mine__", "value");
    OK(MXSymbolGetAttr, fc, "__mine__", &text, &found);
    CHECK(found == 1 && strcmp(text, "value") == 0);
    OK(MXSymbolGetAttr, fc, "absent", &text, &found);
    CHECK(found == 0 && text == NULL);
    OK(MXSymbolListAttrShallow, fc, &count, &pairs);
    CHECK(count == 2);
    int seen = 0;
    for (mx_uint i = 0; i < count; i++)
        seen += strcmp(pairs[2 * i], "num_hidden") == 0 && strcmp(pairs[2 * i + 1], "2") == 0;
    CHECK(seen == 1);
    OK(MXSymbolListAttr, fc, &count, &pairs);
    seen = 0;
    for (mx_uint i = 0; i < count; i++)
        seen += strcmp(pairs[2 * i], "fc$num_hidden") == 0 && strcmp(pairs[2 * i + 1], "2") == 0;
    CHECK(seen == 1);
    OK(MXSymbolPrint, fc, &text);
    CHECK(strstr(text, "fc") != NULL);
}

static void test_parts(SymbolHandle fc)
{
    SymbolHandle part = NULL, group = NULL, *list = NULL;
    mx_uint count = 0;
    int size = -7;
    const char **names = NULL, *output[] = {"fc_output"};
    OK(MXSymbolListOutputs, fc, &count, &names);
    CHECK(has_texts(names, count, 1, output));
    OK(MXSymbolListAuxiliaryStates, fc, &count, &names);
    CHECK(count == 0);
    OK(MXSymbolGetNumOutputs, fc, &count);
    CHECK(count == 1);
    OK(MXSymbolGetInternals, fc, &part);
    OK(MXSymbolListOutputs, part, &count, &names);
    CHECK(count == 4);
    OK(MXSymbolGetOutput, part, 3, &group);
    CHECK(has_arguments(group));
    OK(MXSymbolFree, group);
    FAILS(MXSymbolGetOutput, part, 4, &group);
    OK(MXSymbolFree, part);
    OK(MXSymbolGetChildren, fc, &part);
    OK(MXSymbolListOutputs, part, &count, &names);
    CHECK(has_texts(names, count, 3, s_arguments));
    SymbolHandle both[] = {fc, part};
    OK(MXSymbolCreateGroup, 2, both, &group);
    OK(MXSymbolGetNumOutputs, group, &count);
    CHECK(count == 4);
    OK(MXSymbolFree, group);
    OK(MXSymbolFree, part);
    OK(MXSymbolGetInputSymbols, fc, &list, &size);
    CHECK(size == 3);
    SymbolHandle inputs[3];
    memcpy(inputs, list, sizeof inputs);
    for (int i = 0; i < 3; i++)
        OK(MXSymbolFree, inputs[i]);
    FAILS(MXSymbolCutSubgraph, fc, &list, &size);
}

void test_symbols(void)
{
    SymbolHandle fc = layer();
    CHECK(has_arguments(fc));
    test_copies(fc);
    test_attributes(fc);
    test_parts(fc);
    SymbolHandle grad = (SymbolHandle)77;
    const char *wrt[] = {"data"};
    FAILS(MXSymbolGrad, fc, 1, wrt, &grad);
    FAILS(MXSymbolCompose, fc, "fc", 1, (const char *[]){"no_such_input"}, &fc);
    FAILS(MXSymbolCreateAtomicSymbol, op_named("FullyConnected"), 1, (const char *[]){"no_such_key"},
          (const char *[]){"1"}, &grad);
    CHECK(grad == (SymbolHandle)77);
    OK(MXSymbolFree, fc);
    FAILS(MXSymbolFree, fc);
    OK(MXSymbolFree, NULL);
}

#define SHAPES(extent, size)                                                                                             \
    size in_count = 0, out_count = 0, aux_count = 9;                                                                     \
    const extent **in = NULL, **out = NULL, **aux = NULL;                                                                \
    int complete = -7;

#define CHECK_SHAPES()                                                                                                   \
    CHECK(complete == 1 && in_count == 3 && out_count == 1 && aux_count == 0);                                           \
    CHECK(in_rank[1] == 2 && in[1][0] == 2 && in[1][1] == 3);                                                            \
    CHECK(out_rank[0] == 2 && out[0][0] == 5 && out[0][1] == 2)

void test_symbol_inference(void)
{
    SymbolHandle fc = layer();
    const char *keys[] = {"data"};
    {
        const mx_uint offsets[] = {0, 2}, shape[] = {5, 3}, unknown[] = {0, 3};
        SHAPES(mx_uint, mx_uint)
        const mx_uint *in_rank = NULL, *out_rank = NULL, *aux_rank = NULL;
        OK(MXSymbolInferShape, fc, 1, keys, offsets, shape, &in_count, &in_rank, &in, &out_count, &out_rank, &out,
           &aux_count, &aux_rank, &aux, &complete);
        CHECK_SHAPES();
        OK(MXSymbolInferShape, fc, 1, NULL, offsets, shape, &in_count, &in_rank, &in, &out_count, &out_rank, &out,
           &aux_count, &aux_rank, &aux, &complete);
        CHECK_SHAPES();
        OK(MXSymbolInferShapePartial, fc, 1, keys, offsets, shape, &in_count, &in_rank, &in, &out_count, &out_rank, &out,
           &aux_count, &aux_rank, &aux, &complete);
        CHECK_SHAPES();
        OK(MXSymbolInferShapePartial, fc, 1, keys, offsets, unknown, &in_count, &in_rank, &in, &out_count, &out_rank,
           &out, &aux_count, &aux_rank, &aux, &complete);
        const char *stranger[] = {"stranger"};
        complete = -7;
        FAILS(MXSymbolInferShape, fc, 1, stranger, offsets, shape, &in_count, &in_rank, &in, &out_count, &out_rank, &out,
              &aux_count, &aux_rank, &aux, &complete);
        CHECK(complete == -7);
    }
    {
        const uint32_t offsets[] = {0, 2};
        const int shape[] = {5, 3};
        SHAPES(int, uint32_t)
        const int *in_rank = NULL, *out_rank = NULL, *aux_rank = NULL;
        OK(MXSymbolInferShapeEx, fc, 1, keys, offsets, shape, &in_count, &in_rank, &in, &out_count, &out_rank, &out,
           &aux_count, &aux_rank, &aux, &complete);
        CHECK_SHAPES();
        OK(MXSymbolInferShapePartialEx, fc, 1, keys, offsets, shape, &in_count, &in_rank, &in, &out_count, &out_rank,
           &out, &aux_count, &aux_rank, &aux, &complete);
        CHECK_SHAPES();
    }
    {
        const int64_t offsets[] = {0, 2}, shape[] = {5, 3};
        SHAPES(int64_t, size_t)
        const int *in_rank = NULL, *out_rank = NULL, *aux_rank = NULL;
        OK(MXSymbolInferShapeEx64, fc, 1, keys, offsets, shape, &in_count, &in_rank, &in, &out_count, &out_rank, &out,
           &aux_count, &aux_rank, &aux, &complete);
        CHECK_SHAPES();
        OK(MXSymbolInferShapePartialEx64, fc, 1, keys, offsets, shape, &in_count, &in_rank, &in, &out_count, &out_rank,
           &out, &aux_count, &aux_rank, &aux, &complete);
        CHECK_SHAPES();
    }
    {
        mx_uint in_count = 0, out_count = 0, aux_count = 9;
        const int types[] = {1}, *in = NULL, *out = NULL, *aux = NULL;
        int complete = -7;
        OK(MXSymbolInferType, fc, 1, keys, types, &in_count, &in, &out_count, &out, &aux_count, &aux, &complete);
        CHECK(complete == 1 && in_count == 3 && in[2] == 1 && out_count == 1 && out[0] == 1 && aux_count == 0);
        OK(MXSymbolInferTypePartial, fc, 1, keys, types, &in_count, &in, &out_count, &out, &aux_count, &aux, &complete);
        CHECK(complete == 1 && in_count == 3 && in[2] == 1 && out_count == 1 && out[0] == 1 && aux_count == 0);
    }
    OK(MXSymbolFree, fc);
}

void test_nn_symbols(void)
{
    SymbolHandle data = NULL, fc = NULL, other = NULL, *variables = NULL;
    const char *keys[] = {"num_hidden"}, *vals[] = {"2"}, *inputs[] = {"data"};
    const char **names = NULL, *text = NULL, *output[] = {"fc_output"};
    nn_uint count = 0;
    int found = -7;
    OK(NNSymbolCreateVariable, "data", &data);
    OK(NNSymbolCreateAtomicSymbol, op_named("FullyConnected"), 1, keys, vals, &fc);
    OK(NNSymbolCompose, fc, "fc", 1, inputs, &data);
    OK(NNSymbolListInputNames, fc, 0, &count, &names);
    CHECK(has_texts(names, count, 3, s_arguments));
    OK(NNSymbolListInputNames, fc, 2, &count, &names);
    CHECK(count == 0);
    OK(NNSymbolListOutputNames, fc, &count, &names);
    CHECK(has_texts(names, count, 1, output));
    OK(NNSymbolListInputVariables, fc, 1, &count, &variables);
    CHECK(count == 3);
    SymbolHandle kept[3];
    memcpy(kept, variables, sizeof kept);
    for (int i = 0; i < 3; i++)
        OK(NNSymbolFree, kept[i]);
    OK(NNSymbolGetNumOutputs, fc, &count);
    CHECK(count == 1);
    OK(NNSymbolGetInternals, fc, &other);
    OK(NNSymbolFree, other);
    OK(NNSymbolGetChildren, fc, &other);
    OK(NNSymbolFree, other);
    OK(NNSymbolGetOutput, fc, 0, &other);
    OK(NNSymbolFree, other);
    OK(NNSymbolCopy, fc, &other);
    const char *more_keys[] = {"__mine__"}, *more_vals[] = {"value"};
    OK(NNSymbolSetAttrs, other, 1, more_keys, more_vals);
    OK(NNSymbolGetAttr, other, "__mine__", &text, &found);
    CHECK(found == 1 && strcmp(text, "value") == 0);
    OK(NNSymbolGetAttr, fc, "__mine__", &text, &found);
    CHECK(found == 0);
    OK(NNSymbolListAttrs, other, 1, &count, &names);
    CHECK(count >= 2);
    OK(NNSymbolPrint, other, &text);
    CHECK(strstr(text, "fc") != NULL);
    OK(NNAddControlDeps, other, data);
    SymbolHandle both[] = {fc, data}, group = NULL;
    OK(NNSymbolCreateGroup, 2, both, &group);
    OK(NNSymbolGetNumOutputs, group, &count);
    CHECK(count == 2);
    OK(NNSymbolFree, group);
    OK(NNSymbolFree, other);
    OK(NNSymbolFree, fc);
    OK(NNSymbolFree, data);
    FAILS(NNSymbolFree, data);
}

void test_graphs(void)
{
    SymbolHandle fc = layer(), symbol = NULL;
    GraphHandle graph = NULL, second = NULL;
    const char *json = NULL, *passes[] = {"InferShape"};
    int found = -7;
    OK(NNGraphCreate, fc, &graph);
    OK(NNGraphGetSymbol, graph, &symbol);
    CHECK(has_arguments(symbol));
    OK(MXSymbolFree, symbol);
    OK(NNGraphSetJSONAttr, graph, "mine", "[\"int\", 3]");
    OK(NNGraphGetJSONAttr, graph, "mine", &json, &found);
    CHECK(found == 1 && strstr(json, "3") != NULL);
    OK(NNGraphGetJSONAttr, graph, "absent", &json, &found);
    CHECK(found == 0);
    OK(NNGraphSetNodeEntryListAttr_, graph, "entries", fc);
    OK(NNGraphApplyPasses, graph, 0, passes, &second);
    OK(NNGraphFree, second);
    const char *unknown[] = {"NoSuchPass"};
    FAILS(NNGraphApplyPasses, graph, 1, unknown, &second);
    OK(NNGraphFree, graph);
    FAILS(NNGraphFree, graph);
    OK(MXSymbolFree, fc);
}
