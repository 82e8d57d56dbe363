namespace CoreEngine.Onnx;

/// <summary>Converts the elements of tensors that are known when a model is imported.</summary>
internal static class TensorCast
{
    /// <summary>
    /// The same numbers in another type: fractions lose what is behind the point, whole numbers keep their lower bits, and
    /// what is not 0 is true.
    /// </summary>
    public static OnnxTensor To(OnnxTensor tensor, OnnxElementType type)
    {
        if (tensor.ElementType == type)
            return tensor;
        if (tensor.ElementType.IsFloat())
        {
            double[] values = tensor.ToDoubles();
            return type switch
            {
                OnnxElementType.Float => Pack(values, tensor, type, value => (float)value),
                OnnxElementType.Float16 => Pack(values, tensor, type, value => (Half)value),
                OnnxElementType.Double => Pack(values, tensor, type, value => value),
                OnnxElementType.Bool => Pack(values, tensor, type, value => value != 0 ? (byte)1 : (byte)0),
                _ => Whole(Array.ConvertAll(values, value => unchecked((long)value)), tensor, type),
            };
        }

        long[] whole = tensor.ToIntegers();
        return type switch
        {
            OnnxElementType.Float => Pack(whole, tensor, type, value => (float)value),
            OnnxElementType.Float16 => Pack(whole, tensor, type, value => (Half)value),
            OnnxElementType.Double => Pack(whole, tensor, type, value => (double)value),
            OnnxElementType.Bool => Pack(whole, tensor, type, value => value != 0 ? (byte)1 : (byte)0),
            _ => Whole(whole, tensor, type),
        };
    }

    private static OnnxTensor Whole(long[] values, OnnxTensor tensor, OnnxElementType type) =>
        type.ItemSize() switch
        {
            1 => Pack(values, tensor, type, value => unchecked((byte)value)),
            2 => Pack(values, tensor, type, value => unchecked((short)value)),
            4 => Pack(values, tensor, type, value => unchecked((int)value)),
            _ => Pack(values, tensor, type, value => value),
        };

    private static OnnxTensor Pack<TFrom, TTo>(
        TFrom[] values,
        OnnxTensor tensor,
        OnnxElementType type,
        Converter<TFrom, TTo> convert
    )
        where TTo : unmanaged => OnnxTensor.From<TTo>(Array.ConvertAll(values, convert), type, tensor.Extents);
}
