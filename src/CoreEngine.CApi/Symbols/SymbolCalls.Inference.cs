using System.Numerics;
using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <content>Deducing shapes and types.</content>
internal static unsafe partial class SymbolCalls
{
    internal static void MXSymbolInferShape(
        nint sym,
        uint numArgs,
        byte** keys,
        uint* argIndPtr,
        uint* argShapeData,
        uint* inShapeSize,
        uint** inShapeNdim,
        uint*** inShapeData,
        uint* outShapeSize,
        uint** outShapeNdim,
        uint*** outShapeData,
        uint* auxShapeSize,
        uint** auxShapeNdim,
        uint*** auxShapeData,
        int* complete
    ) =>
        InferShapes(
            isPartial: false,
            sym,
            numArgs,
            keys,
            argIndPtr,
            argShapeData,
            inShapeSize,
            inShapeNdim,
            inShapeData,
            outShapeSize,
            outShapeNdim,
            outShapeData,
            auxShapeSize,
            auxShapeNdim,
            auxShapeData,
            complete
        );

    internal static void MXSymbolInferShapePartial(
        nint sym,
        uint numArgs,
        byte** keys,
        uint* argIndPtr,
        uint* argShapeData,
        uint* inShapeSize,
        uint** inShapeNdim,
        uint*** inShapeData,
        uint* outShapeSize,
        uint** outShapeNdim,
        uint*** outShapeData,
        uint* auxShapeSize,
        uint** auxShapeNdim,
        uint*** auxShapeData,
        int* complete
    ) =>
        InferShapes(
            isPartial: true,
            sym,
            numArgs,
            keys,
            argIndPtr,
            argShapeData,
            inShapeSize,
            inShapeNdim,
            inShapeData,
            outShapeSize,
            outShapeNdim,
            outShapeData,
            auxShapeSize,
            auxShapeNdim,
            auxShapeData,
            complete
        );

    internal static void MXSymbolInferShapeEx(
        nint sym,
        uint numArgs,
        byte** keys,
        uint* argIndPtr,
        int* argShapeData,
        uint* inShapeSize,
        int** inShapeNdim,
        int*** inShapeData,
        uint* outShapeSize,
        int** outShapeNdim,
        int*** outShapeData,
        uint* auxShapeSize,
        int** auxShapeNdim,
        int*** auxShapeData,
        int* complete
    ) =>
        InferShapes(
            isPartial: false,
            sym,
            numArgs,
            keys,
            argIndPtr,
            argShapeData,
            inShapeSize,
            inShapeNdim,
            inShapeData,
            outShapeSize,
            outShapeNdim,
            outShapeData,
            auxShapeSize,
            auxShapeNdim,
            auxShapeData,
            complete
        );

    internal static void MXSymbolInferShapePartialEx(
        nint sym,
        uint numArgs,
        byte** keys,
        uint* argIndPtr,
        int* argShapeData,
        uint* inShapeSize,
        int** inShapeNdim,
        int*** inShapeData,
        uint* outShapeSize,
        int** outShapeNdim,
        int*** outShapeData,
        uint* auxShapeSize,
        int** auxShapeNdim,
        int*** auxShapeData,
        int* complete
    ) =>
        InferShapes(
            isPartial: true,
            sym,
            numArgs,
            keys,
            argIndPtr,
            argShapeData,
            inShapeSize,
            inShapeNdim,
            inShapeData,
            outShapeSize,
            outShapeNdim,
            outShapeData,
            auxShapeSize,
            auxShapeNdim,
            auxShapeData,
            complete
        );

    internal static void MXSymbolInferShapeEx64(
        nint sym,
        uint numArgs,
        byte** keys,
        long* argIndPtr,
        long* argShapeData,
        nuint* inShapeSize,
        int** inShapeNdim,
        long*** inShapeData,
        nuint* outShapeSize,
        int** outShapeNdim,
        long*** outShapeData,
        nuint* auxShapeSize,
        int** auxShapeNdim,
        long*** auxShapeData,
        int* complete
    ) =>
        InferShapes(
            isPartial: false,
            sym,
            numArgs,
            keys,
            argIndPtr,
            argShapeData,
            inShapeSize,
            inShapeNdim,
            inShapeData,
            outShapeSize,
            outShapeNdim,
            outShapeData,
            auxShapeSize,
            auxShapeNdim,
            auxShapeData,
            complete
        );

    internal static void MXSymbolInferShapePartialEx64(
        nint sym,
        uint numArgs,
        byte** keys,
        long* argIndPtr,
        long* argShapeData,
        nuint* inShapeSize,
        int** inShapeNdim,
        long*** inShapeData,
        nuint* outShapeSize,
        int** outShapeNdim,
        long*** outShapeData,
        nuint* auxShapeSize,
        int** auxShapeNdim,
        long*** auxShapeData,
        int* complete
    ) =>
        InferShapes(
            isPartial: true,
            sym,
            numArgs,
            keys,
            argIndPtr,
            argShapeData,
            inShapeSize,
            inShapeNdim,
            inShapeData,
            outShapeSize,
            outShapeNdim,
            outShapeData,
            auxShapeSize,
            auxShapeNdim,
            auxShapeData,
            complete
        );

    internal static void MXSymbolInferType(
        nint sym,
        uint numArgs,
        byte** keys,
        int* argTypeData,
        uint* inTypeSize,
        int** inTypeData,
        uint* outTypeSize,
        int** outTypeData,
        uint* auxTypeSize,
        int** auxTypeData,
        int* complete
    ) =>
        InferTypes(
            isPartial: false,
            sym,
            numArgs,
            keys,
            argTypeData,
            inTypeSize,
            inTypeData,
            outTypeSize,
            outTypeData,
            auxTypeSize,
            auxTypeData,
            complete
        );

    internal static void MXSymbolInferTypePartial(
        nint sym,
        uint numArgs,
        byte** keys,
        int* argTypeData,
        uint* inTypeSize,
        int** inTypeData,
        uint* outTypeSize,
        int** outTypeData,
        uint* auxTypeSize,
        int** auxTypeData,
        int* complete
    ) =>
        InferTypes(
            isPartial: true,
            sym,
            numArgs,
            keys,
            argTypeData,
            inTypeSize,
            inTypeData,
            outTypeSize,
            outTypeData,
            auxTypeSize,
            auxTypeData,
            complete
        );

    private static void InferShapes<TOffset, TCount, TRank, T>(
        bool isPartial,
        nint sym,
        uint numArgs,
        byte** keys,
        TOffset* argIndPtr,
        T* argShapeData,
        TCount* inShapeSize,
        TRank** inShapeNdim,
        T*** inShapeData,
        TCount* outShapeSize,
        TRank** outShapeNdim,
        T*** outShapeData,
        TCount* auxShapeSize,
        TRank** auxShapeNdim,
        T*** auxShapeData,
        int* complete
    )
        where TOffset : unmanaged, IBinaryInteger<TOffset>
        where TCount : unmanaged, IBinaryInteger<TCount>
        where TRank : unmanaged, IBinaryInteger<TRank>
        where T : unmanaged, IBinaryInteger<T>
    {
        Symbol symbol = Handles.Symbol(sym, nameof(sym));
        Shape[] shapes = ShapeLists.Read(argShapeData, argIndPtr, numArgs, "arg_ind_ptr");
        InferredArrays<Shape> inferred = keys is null
            ? symbol.InferShapes(shapes)
            : symbol.InferShapes(ByName(keys, shapes));
        Pointers.Require(complete, nameof(complete));
        Require(inShapeSize, inShapeNdim, inShapeData, "in_shape");
        Require(outShapeSize, outShapeNdim, outShapeData, "out_shape");
        Require(auxShapeSize, auxShapeNdim, auxShapeData, "aux_shape");
        ReturnBuffers buffers = ReturnBuffers.Mx;
        buffers.InputShapes.Fill(inferred.Arguments, TRank.Zero, out TRank* inRanks, out T** inExtents);
        buffers.OutputShapes.Fill(inferred.Outputs, TRank.Zero, out TRank* outRanks, out T** outExtents);
        buffers.StateShapes.Fill(inferred.AuxiliaryStates, TRank.Zero, out TRank* auxRanks, out T** auxExtents);
        *inShapeSize = Count(inferred.Arguments);
        *inShapeNdim = inRanks;
        *inShapeData = inExtents;
        *outShapeSize = Count(inferred.Outputs);
        *outShapeNdim = outRanks;
        *outShapeData = outExtents;
        *auxShapeSize = Count(inferred.AuxiliaryStates);
        *auxShapeNdim = auxRanks;
        *auxShapeData = auxExtents;
        *complete = isPartial || inferred.IsComplete ? 1 : 0;

        static TCount Count(IReadOnlyList<Shape> list) => TCount.CreateChecked(list.Count);
    }

    private static void InferTypes(
        bool isPartial,
        nint sym,
        uint numArgs,
        byte** keys,
        int* argTypeData,
        uint* inTypeSize,
        int** inTypeData,
        uint* outTypeSize,
        int** outTypeData,
        uint* auxTypeSize,
        int** auxTypeData,
        int* complete
    )
    {
        Symbol symbol = Handles.Symbol(sym, nameof(sym));
        DType[] types = Types.Read(argTypeData, numArgs, "arg_type_data");
        InferredArrays<DType> inferred = keys is null
            ? symbol.InferTypes(types)
            : symbol.InferTypes(ByName(keys, types));
        Pointers.Require(complete, nameof(complete));
        Require(inTypeSize, inTypeData, "in_type");
        Require(outTypeSize, outTypeData, "out_type");
        Require(auxTypeSize, auxTypeData, "aux_type");
        ReturnBuffers buffers = ReturnBuffers.Mx;
        *inTypeData = Numbers(inferred.Arguments, buffers.InputTypes);
        *inTypeSize = (uint)inferred.Arguments.Count;
        *outTypeData = Numbers(inferred.Outputs, buffers.OutputTypes);
        *outTypeSize = (uint)inferred.Outputs.Count;
        *auxTypeData = Numbers(inferred.AuxiliaryStates, buffers.StateTypes);
        *auxTypeSize = (uint)inferred.AuxiliaryStates.Count;
        *complete = isPartial || inferred.IsComplete ? 1 : 0;

        static int* Numbers(IReadOnlyList<DType> list, NativeBuffer buffer) =>
            buffer.Copy<int>([.. list.Select(type => (int)type)]);
    }

    private static Dictionary<string, T> ByName<T>(byte** keys, T[] values)
    {
        string[] names = Text.ReadAll(keys, values.Length, nameof(keys));
        var byName = new Dictionary<string, T>(names.Length, StringComparer.Ordinal);
        for (int i = 0; i < names.Length; i++)
        {
            byName[names[i]] = values[i];
        }

        return byName;
    }

    private static void Require(void* size, void* ranks, void* data, string argument)
    {
        Require(size, data, argument);
        Pointers.Require(ranks, $"{argument}_ndim");
    }

    private static void Require(void* size, void* data, string argument)
    {
        Pointers.Require(size, $"{argument}_size");
        Pointers.Require(data, $"{argument}_data");
    }
}
