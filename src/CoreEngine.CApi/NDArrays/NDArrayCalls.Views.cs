using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>Views: other shapes and parts of the same values.</summary>
internal static unsafe partial class NDArrayCalls
{
    internal static void MXNDArraySlice(nint handle, uint sliceBegin, uint sliceEnd, nint* @out) =>
        MXNDArraySlice64(handle, sliceBegin, sliceEnd, @out);

    internal static void MXNDArraySlice64(nint handle, long sliceBegin, long sliceEnd, nint* @out)
    {
        Pointers.Require(@out, nameof(@out));
        *@out = Handles.Add(Handles.Array(handle, nameof(handle)).Slice(sliceBegin, sliceEnd));
    }

    internal static void MXNDArrayAt(nint handle, uint idx, nint* @out) => MXNDArrayAt64(handle, idx, @out);

    internal static void MXNDArrayAt64(nint handle, long idx, nint* @out)
    {
        Pointers.Require(@out, nameof(@out));
        *@out = Handles.Add(Handles.Array(handle, nameof(handle))[idx]);
    }

    internal static void MXNDArrayReshape(nint handle, int ndim, int* dims, nint* @out)
    {
        Pointers.Require(@out, nameof(@out));
        NDArray array = Handles.Array(handle, nameof(handle));
        ReadOnlySpan<int> values = Pointers.Span(dims, ndim, nameof(dims));
        long[] extents = new long[values.Length];
        for (int i = 0; i < extents.Length; i++)
        {
            extents[i] = values[i];
        }

        *@out = Handles.Add(IsPart(array, extents) ? array.FirstElements(new Shape(extents)) : array.Reshape(extents));
    }

    // Frontends make executors for smaller batches of the first elements of larger arrays, by this function.
    private static bool IsPart(NDArray array, long[] extents) =>
        extents.Length > 0
        && Array.TrueForAll(extents, extent => extent > 0)
        && !Autograd.IsRecording
        && new Shape(extents).Size < array.Size;

    internal static void MXNDArrayReshape64(nint handle, int ndim, long* dims, byte reverse, nint* @out)
    {
        Pointers.Require(@out, nameof(@out));
        NDArray array = Handles.Array(handle, nameof(handle));
        var parameters = new ReshapeParameters
        {
            Shape = Pointers.Span(dims, ndim, nameof(dims)).ToArray(),
            Reverse = reverse != 0,
        };
        // This form knows all the codes of the operator.
        var shapes = new ShapeInference();
        shapes.Start(OperatorRegistry.Default["Reshape"].Bind(parameters), inputCount: 1);
        shapes.SetInput(0, array.Shape);
        shapes.Apply();
        *@out = Handles.Add(array.Reshape(shapes.Output(0)));
    }
}
