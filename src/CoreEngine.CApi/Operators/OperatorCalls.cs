using CoreEngine.Operators;

namespace CoreEngine.CApi;

/// <summary>Lists of operators and what code generators read of them.</summary>
internal static unsafe partial class OperatorCalls
{
    internal static void MXListAllOpNames(uint* outSize, byte*** outArray) => NNListAllOpNames(outSize, outArray);

    internal static void NNListAllOpNames(uint* outSize, byte*** outArray)
    {
        Pointers.Require(outSize, "out_size");
        Pointers.Require(outArray, "out_array");
        *outSize = OperatorTable.Instance.NameCount;
        *outArray = OperatorTable.Instance.Names;
    }

    internal static void NNGetOpHandle(byte* opName, nint* opOut)
    {
        string name = Text.Read(opName, "op_name");
        Pointers.Require(opOut, "op_out");
        *opOut = OperatorTable.Instance.HandleOf(name);
    }

    internal static void NNListUniqueOps(uint* outSize, nint** outArray)
    {
        Pointers.Require(outSize, "out_size");
        Pointers.Require(outArray, "out_array");
        *outSize = OperatorTable.Instance.HandleCount;
        *outArray = OperatorTable.Instance.Handles;
    }

    internal static void MXSymbolListAtomicSymbolCreators(uint* outSize, nint** outArray) =>
        NNListUniqueOps(outSize, outArray);

    internal static void MXSymbolGetAtomicSymbolName(nint creator, byte** name)
    {
        OperatorEntry entry = Handles.Operator(creator, nameof(creator));
        Pointers.Require(name, nameof(name));
        *name = entry.Description.Name;
    }

    internal static void NNGetOpInfo(
        nint op,
        byte** realName,
        byte** description,
        uint* numDocArgs,
        byte*** argNames,
        byte*** argTypeInfos,
        byte*** argDescriptions,
        byte** returnType
    )
    {
        byte* variadicCount;
        MXSymbolGetAtomicSymbolInfo(
            op,
            realName,
            description,
            numDocArgs,
            argNames,
            argTypeInfos,
            argDescriptions,
            &variadicCount,
            returnType
        );
    }

    internal static void MXSymbolGetAtomicSymbolInfo(
        nint creator,
        byte** name,
        byte** description,
        uint* numArgs,
        byte*** argNames,
        byte*** argTypeInfos,
        byte*** argDescriptions,
        byte** keyVarNumArgs,
        byte** returnType
    )
    {
        OperatorDescription about = Handles.Operator(creator, nameof(creator)).Description;
        Pointers.Require(name, nameof(name));
        Pointers.Require(description, nameof(description));
        Pointers.Require(numArgs, "num_args");
        Pointers.Require(argNames, "arg_names");
        Pointers.Require(argTypeInfos, "arg_type_infos");
        Pointers.Require(argDescriptions, "arg_descriptions");
        Pointers.Require(keyVarNumArgs, "key_var_num_args");
        *name = about.Name;
        *description = about.Text;
        *numArgs = about.Count;
        *argNames = about.Names;
        *argTypeInfos = about.Types;
        *argDescriptions = about.Abouts;
        *keyVarNumArgs = about.VariadicCount;
        // Generators for C++ leave this one out.
        if (returnType is not null)
            *returnType = null;
    }
}
