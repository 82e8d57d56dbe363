using System.Text;

namespace CoreEngine.Abi;

/// <summary>Writes the C header.</summary>
public static class HeaderWriter
{
    private static readonly (string Group, string Title)[] s_groups =
    [
        ("global", "Errors, versions, settings"),
        ("operator", "Operators: listing, description, calls"),
        ("ndarray", "Arrays"),
        ("autograd", "Automatic differentiation and cached operators"),
        ("symbol", "Symbols"),
        ("graph", "Graphs"),
        ("executor", "Executors"),
        ("custom", "Operators and functions written by the caller"),
        ("data", "Data iterators"),
        ("recordio", "Record files"),
        ("vision", "Images"),
        ("kvstore", "Key-value stores"),
        ("predict", "Prediction"),
        ("profiler", "Profiler"),
        ("rtc", "Kernels compiled at run time"),
        ("function", "Functions of the time before operators"),
    ];

    /// <summary>The header's text.</summary>
    public static string Write(IReadOnlyList<AbiFunction> functions)
    {
        var text = new StringBuilder();
        text.Append(
            """
            /*
             * CoreEngine's C interface: the functions of Apache MXNet 1.0.0 (c_api.h, c_predict_api.h, nnvm/c_api.h) with a few of
             * later versions. Written by tools/CoreEngine.Abi from the list of functions.
             *
             * Every function returns 0, or -1 when it failed; MXGetLastError then says why, until the thread's next failing call.
             * A call that fails writes none of its results. Handles are numbers that the library checks: one that was freed, or
             * that another kind of object owns, is an error. Handles may be used and freed by any thread; freeing NULL succeeds.
             * Arrays and strings that a function returns stay valid until the thread's next call that returns the same kind of
             * thing; those of names and descriptions of operators stay for ever. Each handle returned is the caller's to free.
             */
            #ifndef COREENGINE_H_
            #define COREENGINE_H_

            #include <stdbool.h>
            #include <stddef.h>
            #include <stdint.h>

            #ifdef __cplusplus
            extern "C" {
            #endif

            #ifndef COREENGINE_API
            #define COREENGINE_API __attribute__((visibility("default")))
            #endif

            typedef unsigned int mx_uint;
            typedef unsigned int nn_uint;
            typedef float mx_float;
            typedef int64_t dim_t;

            typedef void *NDArrayHandle;
            typedef const void *FunctionHandle;
            typedef void *AtomicSymbolCreator;
            typedef void *OpHandle;
            typedef void *CachedOpHandle;
            typedef void *SymbolHandle;
            typedef void *GraphHandle;
            typedef void *ExecutorHandle;
            typedef void *DataIterCreator;
            typedef void *DataIterHandle;
            typedef void *KVStoreHandle;
            typedef void *RecordIOHandle;
            typedef void *RtcHandle;
            typedef void *CudaModuleHandle;
            typedef void *CudaKernelHandle;
            typedef void *PredictorHandle;
            typedef void *NDListHandle;
            typedef void *ProfileHandle;
            typedef void *DLManagedTensorHandle;

            /* Called with the name and a new handle of each result of an executor. */
            typedef void (*ExecutorMonitorCallback)(const char *name, NDArrayHandle array, void *context);
            typedef void (*PredMonitorCallback)(const char *name, NDArrayHandle array, void *context);

            /* Called with what was pushed and what the store holds, which it changes. */
            typedef void (*MXKVStoreUpdater)(int key, NDArrayHandle recv, NDArrayHandle local, void *context);
            typedef void (*MXKVStoreStrUpdater)(const char *key, NDArrayHandle recv, NDArrayHandle local, void *context);
            typedef void (*MXKVStoreServerController)(int head, const char *body, void *context);

            /* What the caller of custom operators and functions provides. */
            typedef struct MXCallbackList
            {
                int num_callbacks;
                int (**callbacks)(void);
                void **contexts;
            } MXCallbackList;

            typedef int (*CustomOpPropCreator)(
                const char *op_type, int num_kwargs, const char **keys, const char **values, MXCallbackList *ret);

            /* A feature of the build. */
            typedef struct LibFeature
            {
                const char *name;
                bool enabled;
            } LibFeature;

            """
        );
        foreach ((string group, string title) in s_groups)
        {
            text.Append($"\n/* ---- {title} ---- */\n");
            foreach (AbiFunction function in functions.Where(f => f.Group == group))
            {
                Write(text, function);
            }
        }

        text.Append("\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n");
        return text.ToString();
    }

    private static void Write(StringBuilder text, AbiFunction function)
    {
        string since = function.Since == "1.0.0" ? "" : $" (MXNet {function.Since})";
        text.Append($"\n/* {function.About}{since} */\n");
        string parameters =
            function.Parameters.Count == 0 ? "void" : string.Join(", ", function.Parameters.Select(Declare));
        string line = $"COREENGINE_API {Spaced(function.Returns)}{function.Name}({parameters});";
        if (line.Length <= 120)
        {
            text.Append(line).Append('\n');
            return;
        }

        text.Append($"COREENGINE_API {Spaced(function.Returns)}{function.Name}(\n    ");
        text.AppendJoin(",\n    ", function.Parameters.Select(Declare)).Append(");\n");
    }

    private static string Declare(AbiParameter parameter) => Spaced(parameter.Type) + parameter.Name;

    /// <summary>A type before a name: the stars stand with the name.</summary>
    private static string Spaced(string type)
    {
        string plain = type.TrimEnd('*');
        return plain + " " + type[plain.Length..];
    }
}
