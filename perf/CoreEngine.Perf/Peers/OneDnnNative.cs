using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Perf;

/// <summary>
/// The part of oneDNN's C interface, version 2, that is measured. Operation descriptors are opaque blobs here: they are
/// filled by oneDNN's own functions and handed back.
/// </summary>
internal static unsafe partial class OneDnnNative
{
    public const string Library = "libdnnl.so.2";

    /// <summary>More than the largest operation descriptor (dnnl_rnn_desc_t, 15,344 bytes).</summary>
    public const int DescriptorBytes = 16384;

    public const int ForwardTraining = 64;
    public const int ForwardInference = 96;
    public const int Backward = 128;
    public const int BackwardData = 160;
    public const int QueryArgumentShape = 255;
    public const int QueryImplementation = 8;
    public const int UseScaleAndShift = 2;
    public const int UseGlobalStatistics = 1;
    public const int EngineCpu = 1;
    public const int InOrderStream = 1;

    /// <summary>The tag of images with channels in blocks as wide as a vector.</summary>
    public static int BlockedTag(int rank) =>
        (rank, Vector512.IsHardwareAccelerated) switch
        {
            (2, _) => 3,
            (3, false) => 60,
            (4, false) => 93,
            (5, false) => 133,
            (3, true) => 47,
            (4, true) => 69,
            (5, true) => 112,
            _ => throw new ArgumentOutOfRangeException(nameof(rank), rank, "Images have up to three spatial axes."),
        };

    /// <exception cref="OneDnnException">The status is not success.</exception>
    public static void Check(int status, string what)
    {
        if (status != 0)
        {
            string reason = status switch
            {
                1 => "out of memory",
                2 => "invalid arguments",
                3 => "not implemented",
                _ => $"status {status}",
            };
            throw new OneDnnException($"oneDNN, {what}: {reason}.");
        }
    }

    [LibraryImport(Library, EntryPoint = "dnnl_engine_create")]
    public static partial int EngineCreate(nint* engine, int kind, nuint index);

    [LibraryImport(Library, EntryPoint = "dnnl_stream_create")]
    public static partial int StreamCreate(nint* stream, nint engine, uint flags);

    [LibraryImport(Library, EntryPoint = "dnnl_memory_desc_init_by_strides")]
    public static partial int ShapeByStrides(void* shape, int rank, long* extents, int dataType, long* strides);

    [LibraryImport(Library, EntryPoint = "dnnl_memory_desc_init_by_tag")]
    public static partial int ShapeByTag(void* shape, int rank, long* extents, int dataType, int tag);

    [LibraryImport(Library, EntryPoint = "dnnl_memory_desc_get_size")]
    public static partial nuint ShapeBytes(OneDnnShape* shape);

    [LibraryImport(Library, EntryPoint = "dnnl_memory_create")]
    public static partial int MemoryCreate(nint* memory, OneDnnShape* shape, nint engine, void* handle);

    [LibraryImport(Library, EntryPoint = "dnnl_memory_get_data_handle")]
    public static partial int MemoryData(nint memory, void** handle);

    [LibraryImport(Library, EntryPoint = "dnnl_memory_destroy")]
    public static partial int MemoryDestroy(nint memory);

    [LibraryImport(Library, EntryPoint = "dnnl_primitive_attr_create")]
    public static partial int AttributesCreate(nint* attributes);

    [LibraryImport(Library, EntryPoint = "dnnl_primitive_attr_set_post_ops")]
    public static partial int AttributesSetPostOps(nint attributes, nint operations);

    [LibraryImport(Library, EntryPoint = "dnnl_primitive_attr_destroy")]
    public static partial int AttributesDestroy(nint attributes);

    [LibraryImport(Library, EntryPoint = "dnnl_post_ops_create")]
    public static partial int PostOpsCreate(nint* operations);

    [LibraryImport(Library, EntryPoint = "dnnl_post_ops_append_sum")]
    public static partial int PostOpsAppendSum(nint operations, float scale);

    [LibraryImport(Library, EntryPoint = "dnnl_post_ops_append_eltwise")]
    public static partial int PostOpsAppendEltwise(
        nint operations,
        float scale,
        OneDnnAlgorithm algorithm,
        float alpha,
        float beta
    );

    [LibraryImport(Library, EntryPoint = "dnnl_post_ops_destroy")]
    public static partial int PostOpsDestroy(nint operations);

    [LibraryImport(Library, EntryPoint = "dnnl_primitive_desc_create")]
    public static partial int DescriptionCreate(
        nint* description,
        void* operation,
        nint attributes,
        nint engine,
        nint forwardHint
    );

    [LibraryImport(Library, EntryPoint = "dnnl_reorder_primitive_desc_create")]
    public static partial int ReorderDescriptionCreate(
        nint* description,
        OneDnnShape* source,
        nint sourceEngine,
        OneDnnShape* target,
        nint targetEngine,
        nint attributes
    );

    [LibraryImport(Library, EntryPoint = "dnnl_primitive_desc_query_md")]
    public static partial OneDnnShape* DescriptionShape(nint description, int what, int index);

    [LibraryImport(Library, EntryPoint = "dnnl_primitive_desc_query")]
    public static partial int DescriptionQuery(nint description, int what, int index, void* result);

    [LibraryImport(Library, EntryPoint = "dnnl_primitive_desc_destroy")]
    public static partial int DescriptionDestroy(nint description);

    [LibraryImport(Library, EntryPoint = "dnnl_primitive_create")]
    public static partial int PrimitiveCreate(nint* primitive, nint description);

    [LibraryImport(Library, EntryPoint = "dnnl_primitive_execute")]
    public static partial int PrimitiveExecute(nint primitive, nint stream, int count, void* arguments);

    [LibraryImport(Library, EntryPoint = "dnnl_primitive_destroy")]
    public static partial int PrimitiveDestroy(nint primitive);

    [LibraryImport(Library, EntryPoint = "dnnl_matmul_desc_init")]
    public static partial int Matmul(
        void* operation,
        OneDnnShape* source,
        OneDnnShape* weights,
        OneDnnShape* bias,
        OneDnnShape* result
    );

    [LibraryImport(Library, EntryPoint = "dnnl_dilated_convolution_forward_desc_init")]
    public static partial int ConvolutionForward(
        void* operation,
        int pass,
        OneDnnAlgorithm algorithm,
        OneDnnShape* source,
        OneDnnShape* weights,
        OneDnnShape* bias,
        OneDnnShape* result,
        long* strides,
        long* dilations,
        long* padBefore,
        long* padAfter
    );

    [LibraryImport(Library, EntryPoint = "dnnl_dilated_convolution_backward_data_desc_init")]
    public static partial int ConvolutionBackwardData(
        void* operation,
        OneDnnAlgorithm algorithm,
        OneDnnShape* sourceGradient,
        OneDnnShape* weights,
        OneDnnShape* resultGradient,
        long* strides,
        long* dilations,
        long* padBefore,
        long* padAfter
    );

    [LibraryImport(Library, EntryPoint = "dnnl_dilated_convolution_backward_weights_desc_init")]
    public static partial int ConvolutionBackwardWeights(
        void* operation,
        OneDnnAlgorithm algorithm,
        OneDnnShape* source,
        OneDnnShape* weightsGradient,
        OneDnnShape* biasGradient,
        OneDnnShape* resultGradient,
        long* strides,
        long* dilations,
        long* padBefore,
        long* padAfter
    );

    [LibraryImport(Library, EntryPoint = "dnnl_dilated_deconvolution_forward_desc_init")]
    public static partial int DeconvolutionForward(
        void* operation,
        int pass,
        OneDnnAlgorithm algorithm,
        OneDnnShape* source,
        OneDnnShape* weights,
        OneDnnShape* bias,
        OneDnnShape* result,
        long* strides,
        long* dilations,
        long* padBefore,
        long* padAfter
    );

    [LibraryImport(Library, EntryPoint = "dnnl_dilated_deconvolution_backward_data_desc_init")]
    public static partial int DeconvolutionBackwardData(
        void* operation,
        OneDnnAlgorithm algorithm,
        OneDnnShape* sourceGradient,
        OneDnnShape* weights,
        OneDnnShape* resultGradient,
        long* strides,
        long* dilations,
        long* padBefore,
        long* padAfter
    );

    [LibraryImport(Library, EntryPoint = "dnnl_dilated_deconvolution_backward_weights_desc_init")]
    public static partial int DeconvolutionBackwardWeights(
        void* operation,
        OneDnnAlgorithm algorithm,
        OneDnnShape* source,
        OneDnnShape* weightsGradient,
        OneDnnShape* biasGradient,
        OneDnnShape* resultGradient,
        long* strides,
        long* dilations,
        long* padBefore,
        long* padAfter
    );

    [LibraryImport(Library, EntryPoint = "dnnl_pooling_forward_desc_init")]
    public static partial int PoolingForward(
        void* operation,
        int pass,
        OneDnnAlgorithm algorithm,
        OneDnnShape* source,
        OneDnnShape* result,
        long* strides,
        long* kernel,
        long* padBefore,
        long* padAfter
    );

    [LibraryImport(Library, EntryPoint = "dnnl_pooling_backward_desc_init")]
    public static partial int PoolingBackward(
        void* operation,
        OneDnnAlgorithm algorithm,
        OneDnnShape* sourceGradient,
        OneDnnShape* resultGradient,
        long* strides,
        long* kernel,
        long* padBefore,
        long* padAfter
    );

    [LibraryImport(Library, EntryPoint = "dnnl_lrn_forward_desc_init")]
    public static partial int ResponseForward(
        void* operation,
        int pass,
        OneDnnAlgorithm algorithm,
        OneDnnShape* data,
        long size,
        float alpha,
        float beta,
        float k
    );

    [LibraryImport(Library, EntryPoint = "dnnl_lrn_backward_desc_init")]
    public static partial int ResponseBackward(
        void* operation,
        OneDnnAlgorithm algorithm,
        OneDnnShape* gradient,
        OneDnnShape* data,
        long size,
        float alpha,
        float beta,
        float k
    );

    [LibraryImport(Library, EntryPoint = "dnnl_batch_normalization_forward_desc_init")]
    public static partial int BatchNormForward(void* operation, int pass, OneDnnShape* data, float epsilon, uint flags);

    [LibraryImport(Library, EntryPoint = "dnnl_batch_normalization_backward_desc_init")]
    public static partial int BatchNormBackward(
        void* operation,
        int pass,
        OneDnnShape* gradient,
        OneDnnShape* data,
        float epsilon,
        uint flags
    );

    [LibraryImport(Library, EntryPoint = "dnnl_layer_normalization_forward_desc_init")]
    public static partial int LayerNormForward(
        void* operation,
        int pass,
        OneDnnShape* data,
        OneDnnShape* statistics,
        float epsilon,
        uint flags
    );

    [LibraryImport(Library, EntryPoint = "dnnl_layer_normalization_backward_desc_init")]
    public static partial int LayerNormBackward(
        void* operation,
        int pass,
        OneDnnShape* gradient,
        OneDnnShape* data,
        OneDnnShape* statistics,
        float epsilon,
        uint flags
    );

    [LibraryImport(Library, EntryPoint = "dnnl_softmax_v2_forward_desc_init")]
    public static partial int SoftmaxForward(
        void* operation,
        int pass,
        OneDnnAlgorithm algorithm,
        OneDnnShape* source,
        OneDnnShape* result,
        int axis
    );

    [LibraryImport(Library, EntryPoint = "dnnl_softmax_v2_backward_desc_init")]
    public static partial int SoftmaxBackward(
        void* operation,
        OneDnnAlgorithm algorithm,
        OneDnnShape* sourceGradient,
        OneDnnShape* resultGradient,
        OneDnnShape* result,
        int axis
    );

    [LibraryImport(Library, EntryPoint = "dnnl_eltwise_forward_desc_init")]
    public static partial int EltwiseForward(
        void* operation,
        int pass,
        OneDnnAlgorithm algorithm,
        OneDnnShape* data,
        float alpha,
        float beta
    );

    [LibraryImport(Library, EntryPoint = "dnnl_eltwise_backward_desc_init")]
    public static partial int EltwiseBackward(
        void* operation,
        OneDnnAlgorithm algorithm,
        OneDnnShape* gradient,
        OneDnnShape* data,
        float alpha,
        float beta
    );

    [LibraryImport(Library, EntryPoint = "dnnl_reduction_desc_init")]
    public static partial int Reduction(
        void* operation,
        OneDnnAlgorithm algorithm,
        OneDnnShape* source,
        OneDnnShape* result,
        float power,
        float epsilon
    );

    [LibraryImport(Library, EntryPoint = "dnnl_lstm_forward_desc_init")]
    public static partial int LstmForward(
        void* operation,
        int pass,
        int direction,
        OneDnnShape* source,
        OneDnnShape* sourceState,
        OneDnnShape* sourceCell,
        OneDnnShape* weights,
        OneDnnShape* recurrentWeights,
        OneDnnShape* bias,
        OneDnnShape* result,
        OneDnnShape* resultState,
        OneDnnShape* resultCell,
        uint flags
    );
}
