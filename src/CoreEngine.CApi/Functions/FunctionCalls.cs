using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>
/// Functions of the time before operators. They are found by name only: a client that lists them would define wrappers
/// that clash with those of the operators of the same name.
/// </summary>
internal static unsafe partial class FunctionCalls
{
    private static readonly Lazy<Dictionary<string, nint>> s_functions = new(() =>
        new Dictionary<string, nint>(StringComparer.Ordinal)
        {
            ["_set_value"] = Make("_set_value", [], numbers: 1),
            ["_onehot_encode"] = Make("_onehot_encode", ["lhs", "rhs"]),
            ["choose_element_0index"] = Make("choose_element_0index", ["lhs", "rhs"]),
            ["fill_element_0index"] = Make("fill_element_0index", ["lhs", "mhs", "rhs"]),
        }
    );

    private static readonly nint* s_none = Permanent.Handles([]);

    internal static void MXListFunctions(uint* outSize, nint** outArray)
    {
        Pointers.Require(outSize, nameof(outSize));
        Pointers.Require(outArray, nameof(outArray));
        *outArray = s_none;
        *outSize = 0;
    }

    internal static void MXGetFunction(byte* name, nint* @out)
    {
        string wanted = Text.Read(name, nameof(name));
        Pointers.Require(@out, nameof(@out));
        if (!s_functions.Value.TryGetValue(wanted, out nint handle))
        {
            throw new EngineException(
                $"There is no function '{wanted}'. There are {string.Join(", ", s_functions.Value.Keys)}; everything else "
                    + "is an operator (NNGetOpHandle)."
            );
        }

        *@out = handle;
    }

    internal static void MXFuncGetInfo(
        nint fun,
        byte** name,
        byte** description,
        uint* numArgs,
        byte*** argNames,
        byte*** argTypeInfos,
        byte*** argDescriptions,
        byte** returnType
    )
    {
        LegacyFunction function = Function(fun);
        Pointers.Require(name, nameof(name));
        Pointers.Require(description, nameof(description));
        Pointers.Require(numArgs, nameof(numArgs));
        Pointers.Require(argNames, nameof(argNames));
        Pointers.Require(argTypeInfos, nameof(argTypeInfos));
        Pointers.Require(argDescriptions, nameof(argDescriptions));
        *name = function.Name;
        *description = function.Text;
        *numArgs = (uint)function.Count;
        *argNames = function.ArgumentNames;
        *argTypeInfos = function.ArgumentTypes;
        *argDescriptions = function.ArgumentAbouts;
        // Callers whose language fills in arguments leave this one out.
        if (returnType is not null)
            *returnType = null;
    }

    internal static void MXFuncDescribe(
        nint fun,
        uint* numUseVars,
        uint* numScalars,
        uint* numMutateVars,
        int* typeMask
    )
    {
        LegacyFunction function = Function(fun);
        Pointers.Require(numUseVars, nameof(numUseVars));
        Pointers.Require(numScalars, nameof(numScalars));
        Pointers.Require(numMutateVars, nameof(numMutateVars));
        Pointers.Require(typeMask, nameof(typeMask));
        *numUseVars = (uint)function.Reads;
        *numScalars = (uint)function.Numbers;
        *numMutateVars = 1;
        *typeMask = function.TypeMask;
    }

    internal static void MXFuncInvoke(nint fun, nint* useVars, float* scalarArgs, nint* mutateVars)
    {
        LegacyFunction function = Function(fun);
        NDArray[] inputs = Handles.Arrays(useVars, function.Reads, nameof(useVars));
        ReadOnlySpan<float> numbers = Pointers.Span(scalarArgs, function.Numbers, nameof(scalarArgs));
        nint target = Pointers.Span(mutateVars, 1, nameof(mutateVars))[0];
        ArrayHandle place = Handles.Slot(target, $"{nameof(mutateVars)}[0]");
        BoundOperator op = numbers.IsEmpty
            ? function.Operator.Bind()
            : function.Operator.Bind(new SetValueParameters { Value = numbers[0] });
        NDArray[] results = Imperative.Invoke(op, inputs, place.Array is { } given ? [given] : []);
        place.Array ??= results[0];
    }

    internal static void MXFuncInvokeEx(
        nint fun,
        nint* useVars,
        float* scalarArgs,
        nint* mutateVars,
        int numParams,
        byte** paramKeys,
        byte** paramVals
    )
    {
        // None of the functions has parameters; like MXNet's, they ignore what is given.
        _ = Text.Attributes(paramKeys, paramVals, numParams);
        MXFuncInvoke(fun, useVars, scalarArgs, mutateVars);
    }

    private static LegacyFunction Function(nint handle) =>
        Handles.Get<LegacyFunction>(handle, HandleKind.Function, "fun");

    private static nint Make(string name, string[] arrays, int numbers = 0) =>
        Handles.Add(HandleKind.Function, new LegacyFunction(name, arrays, numbers));
}
